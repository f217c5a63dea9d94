"""Which vendor does what, by the settings; imported on first use, so that nobody loads what is not set up."""

from functools import cache
from importlib import import_module
from typing import Any

from sekretarka.providers.ports import Mailer

VENDORS = {"mailer": {"smtp": "sekretarka.providers.smtp.mailer:SmtpMailer"}}


def mailer() -> Mailer:
    """Who sends our mail."""
    found: Mailer = _class("mailer", "smtp")()
    return found


@cache
def _class(kind: str, name: str) -> Any:
    module, _, cls = VENDORS[kind][name].partition(":")
    return getattr(import_module(module), cls)
