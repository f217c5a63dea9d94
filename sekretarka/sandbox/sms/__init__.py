"""SMS gateways that deliver to nobody: they speak SMSAPI's and Twilio's protocols and keep what they were given."""
