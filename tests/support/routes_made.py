"""Puts the API together once, as what forks start from: they find its routes made."""

from sekretarka import asgi

asgi.create_app()
