"""Which vendor does what, by the settings; imported on first use, so that nobody loads what is not set up."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from pydantic import BaseModel

from sekretarka.providers.ports import Mailer, VoiceProvider
from sekretarka.providers.sms import SmsGateway

AI_SERVICE = "ai-service"
# A voice provider's name is a part of its address and stored with its deliveries and connections.
VOICE_PROVIDERS = {
    AI_SERVICE: "sekretarka.providers.ai_service.provider:AiService",
}
MAILERS = {"smtp": "sekretarka.providers.smtp.mailer:SmtpMailer"}

# A gateway's name is a part of its callbacks' address and stored with its connections.
SMS_GATEWAYS = {
    "smsapi": "sekretarka.providers.smsapi.gateway:Smsapi",
    "twilio": "sekretarka.providers.twilio.gateway:Twilio",
}


def mailer() -> Mailer:
    """A mailer for SMTP_URL; without that setting its `send` raises `ProviderError`."""
    chosen: Mailer = _load(MAILERS["smtp"])()
    return chosen


@cache
def voice_provider(name: str) -> VoiceProvider:
    """The provider of that name; `KeyError` when there is none."""
    provider: VoiceProvider = _load(VOICE_PROVIDERS[name])()
    return provider


def sms_credentials(name: str) -> type[BaseModel]:
    """What the gateway of that name wants to know of an account; `KeyError` when there is none."""
    model: type[BaseModel] = _load(SMS_GATEWAYS[name]).credentials_model
    return model


def sms_gateway(name: str, credentials: Mapping[str, str]) -> SmsGateway:
    """An account at the gateway of that name; `KeyError` when there is none, `ValidationError` when the credentials are
    not of its form."""
    gateway: SmsGateway = _load(SMS_GATEWAYS[name])(sms_credentials(name).model_validate(credentials))
    return gateway


@cache
def _load(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
