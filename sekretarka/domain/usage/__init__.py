"""What an organization has used: an append-only ledger of the minutes on the bill."""
