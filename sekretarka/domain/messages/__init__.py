"""Messages with clients: SMS, e-mail, chat and notes taken by voice."""
