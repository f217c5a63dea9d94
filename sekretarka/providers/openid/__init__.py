"""Google and every other OpenID provider, through Authlib."""
