"""What clients say to their appointments: by a link or an SMS they confirm, move and cancel; and who asks them when."""
