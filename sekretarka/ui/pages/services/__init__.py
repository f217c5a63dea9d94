"""Usługi i zespół: the organization's services, and its staff with their hours."""
