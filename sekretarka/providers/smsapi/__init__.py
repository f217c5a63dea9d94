"""SMSAPI.pl: SMS of Polish firms, under a name that the vendor has verified."""
