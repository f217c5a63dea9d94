"""Every setting of the system: read once from the environment (or `.env`), frozen, rejected by name when unsafe."""

from email.utils import parseaddr
from functools import cached_property
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from sekretarka.core.runtime import openid

DEVELOPMENT_SECRET = "development-only-secret-change-me"  # noqa: S105 - rejected by `production_violations`
MINIMUM_SECRET = 32
RATE = r"^([1-9][0-9]*)/([1-9][0-9]*)seconds$"
SCHEMES = {
    "database_url": ("sqlite", "postgresql", "postgres"),
    "redis_url": ("redis", "rediss", "unix"),
    "base_url": ("http", "https"),
    "smtp_url": ("smtp", "smtps"),
    "smsapi_url": ("https", "http"),
    "twilio_url": ("https", "http"),
}


class Settings(BaseSettings):
    """One field per environment variable; `.env.example` documents each and a test keeps both lists equal."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    env: Literal["development", "demo", "test", "production"] = Field(
        "development", description="development, demo, test or production; production rejects unsafe values."
    )
    database_url: SecretStr = Field(
        SecretStr("sqlite:///data/sekretarka.db"),
        description="sqlite:///path or postgresql://user:password@host/name.",
    )
    database_pool_size: int = Field(
        10, ge=1, le=100, description="Most connections to PostgreSQL of one process, servers and workers alike."
    )
    database_pool_timeout: float = Field(
        5, gt=0, le=60, description="Seconds a request waits for one of them before it is answered 503."
    )
    database_statement_timeout: float = Field(
        8, gt=0, le=60, description="Seconds a statement may take on PostgreSQL before it is cancelled."
    )
    redis_url: SecretStr | None = Field(
        None, description="redis://:password@host:6379/0; without it cache, wake-ups and limits live in the process."
    )
    response_cache_megabytes: int = Field(
        32, ge=0, le=4096, description="Memory of each process for cached responses, in megabytes; 0 turns them off."
    )
    secret_key: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET),
        description="At least 32 random characters; signs tokens and encrypts stored secrets.",
    )
    previous_secret_key: SecretStr | None = Field(
        None,
        description="The previous SECRET_KEY; decrypts until `sekretarka reencrypt` is done.",
    )
    base_url: str = Field("http://localhost:8000", description="Public address of the dashboard and API, no path.")
    port: int = Field(8000, ge=1, le=65535, description="Port that `serve`, `demo` and `dev` listen on.")
    workers: int = Field(1, ge=1, le=64, description="Server processes; more than one needs REDIS_URL.")
    cors_allowed_origins: str = Field(
        "",
        description="Other origins, comma separated, whose pages may call the API; what they change needs an API key.",
    )
    trusted_proxy_hops: int = Field(0, ge=0, le=10, description="Reverse proxies in front whose addresses we trust.")
    ai_service_secret: SecretStr | None = Field(
        None, description="whsec_… of the platform's own AI service, for the bare /api/webhooks/ai-service path."
    )
    rate_limit_anonymous: str = Field(
        "10/10seconds", pattern=RATE, description="Requests of one address without a credential."
    )
    rate_limit_session: str = Field("100/10seconds", pattern=RATE, description="Requests of one signed-in user.")
    rate_limit_api_key: str = Field("600/60seconds", pattern=RATE, description="Requests of one API key.")
    rate_limit_webhook: str = Field("100/1seconds", pattern=RATE, description="Signed webhook events of one endpoint.")
    max_tabs_user: int = Field(20, ge=1, description="Open dashboard tabs of one user, in each server process.")
    max_tabs_network: int = Field(
        60, ge=1, description="Open tabs without sign-in from one address, in each server process."
    )
    max_tabs: int = Field(5_000, ge=1, description="Open tabs in each server process.")
    tool_timeout_seconds: float = Field(
        1.0, gt=0, le=60, description="Seconds the AI waits for a tool before it gets a sentence to bridge the wait."
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465; without it no mail.",
    )
    mail_from: str = Field("AI Sekretarka <sekretarka@localhost>", description="Sender of our mail, with its name.")
    smsapi_url: str = Field(
        "https://api.smsapi.pl", description="Where SMS for SMSAPI go; another address in development only."
    )
    twilio_url: str = Field("https://api.twilio.com", description="Where SMS for Twilio go; as above.")
    require_verified_email: bool | None = Field(
        None, description="Refuse the first sign-in until the emailed link was opened; true in production, else false."
    )
    google_client_id: str | None = Field(
        None, description="OAuth client of Google; with id and secret set, users sign in with it."
    )
    google_client_secret: SecretStr | None = Field(None, description="Secret of that client.")
    oidc_providers: SecretStr | None = Field(
        None,
        description='Other OpenID providers: [{"id": "firm", "name": "Firm", "issuer": "https://id.firm.example", '
        '"clientId": "…", "clientSecret": "…"}]; "scopes" when not "openid email profile".',
    )
    run_worker: bool = Field(True, description="Run the background worker inside the server process.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Verbosity of the log.")
    sandbox_mail: str | None = Field(
        None, description="Folder of caught mail, shown at /sandbox/mail; for development, `catch-mail` fills it."
    )
    sandbox_sms: str | None = Field(
        None, description="Folder of caught SMS, shown at /sandbox/sms; for development, `catch-sms` fills it."
    )
    demo_email: str = Field("wlascicielka@lawenda.example", description="Sign-in of the demo salon's owner.")
    demo_password: SecretStr = Field(
        SecretStr("lawenda-demo-2026"), description="Password of the demo salon's owner; used with ENV=demo only."
    )

    @field_validator(*SCHEMES)
    @classmethod
    def _address(cls, value: SecretStr | str | None, info: ValidationInfo) -> SecretStr | str | None:
        if value is None:
            return None
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        schemes = SCHEMES[str(info.field_name)]
        try:
            scheme, port = urlsplit(plain).scheme, urlsplit(plain).port
        except ValueError:
            scheme, port = "", None
        if scheme.partition("+")[0] not in schemes or port == 0:
            raise PydanticCustomError(
                "address",
                "must be a well-formed address beginning with {known}",
                {"known": "://, ".join(schemes) + "://"},
            )
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        local, _, domain = parseaddr(value)[1].rpartition("@")
        if not (local and domain and f"{local}{domain}".isascii() and value.isprintable()) or "," in value:
            raise PydanticCustomError("sender", "must be one address, like AI Sekretarka <mail@example.com>")
        return value

    @field_validator("require_verified_email")
    @classmethod
    def _strict_in_production(cls, value: bool | None, info: ValidationInfo) -> bool:
        return info.data.get("env") == "production" if value is None else value

    @field_validator("oidc_providers")
    @classmethod
    def _providers(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            openid.parse(value.get_secret_value() if value and value.get_secret_value() else "[]")
        except ValueError:
            raise PydanticCustomError(
                "oidc_providers",
                "must be a JSON list of objects with id, name, issuer, clientId, clientSecret; each id and issuer once",
            ) from None
        return value

    @cached_property
    def openid_providers(self) -> tuple[openid.OpenIdProvider, ...]:
        """The providers users may sign in with, in the order of the buttons; Google only with both id and secret."""
        client_id, secret = self._google
        own = [openid.google(client_id, SecretStr(secret))] if client_id and secret else []
        text = self.oidc_providers.get_secret_value() if self.oidc_providers else ""
        return (*own, *openid.parse(text or "[]"))

    @property
    def _google(self) -> tuple[str, str]:
        secret = self.google_client_secret
        return self.google_client_id or "", secret.get_secret_value() if secret else ""

    @cached_property
    def origins(self) -> tuple[str, ...]:
        """Browser origins that may call us with credentials: our own and the listed ones."""
        extra = [origin.strip() for origin in self.cors_allowed_origins.split(",") if origin.strip()]
        base, *others = self.own_origins
        return tuple(dict.fromkeys([base, *extra, *others]))

    @cached_property
    def own_origins(self) -> tuple[str, ...]:
        """Where our own pages live: BASE_URL first; outside production localhost has three names."""
        base = urlsplit(self.base_url)
        names: list[str] = []
        if self.env != "production" and base.hostname in ("localhost", "127.0.0.1", "::1"):
            port = f":{base.port}" if base.port else ""
            names = [f"{base.scheme}://{host}{port}" for host in ("localhost", "127.0.0.1", "[::1]")]
        return tuple(dict.fromkeys([f"{base.scheme}://{base.netloc}", *names]))

    @cached_property
    def secure_cookies(self) -> bool:
        """Whether cookies carry the `__Host-` prefix and `Secure`."""
        return self.base_url.startswith("https://")

    @cached_property
    def session_cookie(self) -> str:
        """Name of the cookie that holds a session's token; on https the prefix keeps other hosts from setting it."""
        return "__Host-authjs.session-token" if self.secure_cookies else "authjs.session-token"

    def conflicts(self) -> list[str]:
        """`NAME: reason` for each setting that does not go with another, in every ENV."""
        alone = self.workers > 1 and self.redis_url is None
        return ["WORKERS: more than one server process needs REDIS_URL"] if alone else []

    def production_violations(self) -> list[str]:
        """`NAME: reason` for each setting that production rejects (security.md#t28); empty in another ENV."""
        if self.env != "production":
            return []
        secret, base = self.secret_key.get_secret_value(), urlsplit(self.base_url)
        is_weak = secret == DEVELOPMENT_SECRET or len(secret) < MINIMUM_SECRET or len(set(secret)) < 10
        redis = self.redis_url.get_secret_value() if self.redis_url else None
        ai_secret = self.ai_service_secret.get_secret_value() if self.ai_service_secret else "whsec_"
        google_id, google_secret = self._google
        faults = {
            "SECRET_KEY: must be at least 32 random characters": is_weak,
            "BASE_URL: must begin with https://": base.scheme != "https",
            "BASE_URL: must be an origin without path or user": base.path not in ("", "/") or "@" in self.base_url,
            "CORS_ALLOWED_ORIGINS: every origin must begin with https:// and none may be *": any(
                not origin.startswith("https://") for origin in self.origins
            ),
            "REDIS_URL: must carry a password, states in Redis are executable": redis and not _has_password(redis),
            "SMTP_URL: must be set, new accounts need a mailed link (or REQUIRE_VERIFIED_EMAIL=false)": (
                self.require_verified_email and not self.smtp_url
            ),
            "MAIL_FROM: must be an address of yours": self.smtp_url and "@localhost" in self.mail_from,
            "SMSAPI_URL: must begin with https://": not self.smsapi_url.startswith("https://"),
            "TWILIO_URL: must begin with https://": not self.twilio_url.startswith("https://"),
            "SANDBOX_MAIL: shows everybody's emails to everybody": self.sandbox_mail,
            "SANDBOX_SMS: shows everybody's messages to everybody": self.sandbox_sms,
            "LOG_LEVEL: DEBUG may print people's data": self.log_level == "DEBUG",
            "GOOGLE_CLIENT_ID: must be set, as GOOGLE_CLIENT_SECRET is": bool(google_secret and not google_id),
            "GOOGLE_CLIENT_SECRET: must be set, as GOOGLE_CLIENT_ID is": bool(google_id and not google_secret),
            "OIDC_PROVIDERS: every issuer must begin with https://": any(
                not provider.issuer.startswith("https://") for provider in self.openid_providers
            ),
            "AI_SERVICE_SECRET: must begin with whsec_": not ai_secret.startswith("whsec_"),
        }
        return [fault for fault, is_so in faults.items() if is_so]


def _has_password(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "unix" or bool(parts.password)


settings = Settings()
