"""Usługi i zespół: what the business sells, who does it and when."""
