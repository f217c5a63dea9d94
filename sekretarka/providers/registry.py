"""Which vendor does what, by the settings; imported on first use, so that nobody loads what is not set up."""

from functools import cache
from importlib import import_module
from typing import Any

from sekretarka.providers.ports import Mailer, VoiceProvider

AI_SERVICE = "ai-service"
# A voice provider's name is a part of its address and stored with its deliveries and connections.
VOICE_PROVIDERS = {
    AI_SERVICE: "sekretarka.providers.ai_service.provider:AiService",
}
MAILERS = {"smtp": "sekretarka.providers.smtp.mailer:SmtpMailer"}


def mailer() -> Mailer:
    """A mailer for SMTP_URL; without that setting its `send` raises `ProviderError`."""
    chosen: Mailer = _load(MAILERS["smtp"])()
    return chosen


@cache
def voice_provider(name: str) -> VoiceProvider:
    """The provider of that name; `KeyError` when there is none."""
    provider: VoiceProvider = _load(VOICE_PROVIDERS[name])()
    return provider


@cache
def _load(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
