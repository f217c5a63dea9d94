"""Every setting of the system: read once from the environment (or `.env`), frozen, refused by name when unsafe."""

from functools import cached_property
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only-secret-change-me"  # noqa: S105 - refused in production by `unsafe`
MINIMUM_SECRET = 32
SCHEMES = {
    "database_url": ("sqlite", "postgresql", "postgres"),
    "redis_url": ("redis", "rediss", "unix"),
    "base_url": ("http", "https"),
}


class Settings(BaseSettings):
    """One field per environment variable; `.env.example` documents each and a test keeps both lists equal."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    env: Literal["development", "demo", "test", "production"] = Field(
        "development", description="development, demo, test or production; production refuses unsafe values."
    )
    database_url: SecretStr = Field(
        SecretStr("sqlite:///data/sekretarka.db"),
        description="sqlite:///path or postgresql://user:password@host/name.",
    )
    database_pool_size: int = Field(10, ge=1, le=100, description="Connections each process keeps to PostgreSQL.")
    redis_url: SecretStr | None = Field(
        None, description="redis://:password@host:6379/0; without it cache, bus and limiter live in the process."
    )
    secret_key: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET), description="At least 32 random characters; signs CSRF tokens and cursors."
    )
    base_url: str = Field("http://localhost:8000", description="Public address of the dashboard and API, no path.")
    port: int = Field(8000, ge=1, le=65535, description="Port that `serve`, `demo` and `dev` listen on.")
    workers: int = Field(1, ge=1, le=64, description="Server processes; more than one needs REDIS_URL.")
    cors_allowed_origins: str = Field(
        "", description="Other origins, comma separated, that may call the API from a browser; BASE_URL always may."
    )
    trusted_proxy_hops: int = Field(0, ge=0, le=10, description="Reverse proxies in front whose addresses we trust.")
    ai_service_secret: SecretStr | None = Field(
        None, description="whsec_… of the platform's own AI service, for the bare /api/webhooks/ai-service path."
    )
    rate_limit_anonymous: str = Field("10/10seconds", description="Requests of one address without a credential.")
    rate_limit_session: str = Field("100/10seconds", description="Requests of one signed-in person.")
    rate_limit_api_key: str = Field("600/60seconds", description="Requests of one API key.")
    rate_limit_webhook: str = Field("100/1seconds", description="Signed webhook events of one endpoint.")
    require_verified_email: bool = Field(
        False, description="Refuse the first sign-in until the mailed link was opened; needs mail to be set up."
    )
    run_worker: bool = Field(True, description="Run the background worker inside the server process.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Verbosity of the log.")
    demo_email: str = Field("wlascicielka@lawenda.example", description="Sign-in of the demo salon's owner.")
    demo_password: SecretStr = Field(
        SecretStr("lawenda-demo-2026"), description="Password of the demo salon's owner; used with ENV=demo only."
    )

    @field_validator("database_url", "redis_url", "base_url")
    @classmethod
    def _address(cls, value: SecretStr | str | None, info: ValidationInfo) -> SecretStr | str | None:
        if value is None:
            return None
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        known = SCHEMES[str(info.field_name)]
        try:
            scheme, port = urlsplit(plain).scheme, urlsplit(plain).port
        except ValueError:
            scheme, port = "", None
        if scheme.partition("+")[0] not in known or port == 0:
            raise PydanticCustomError(
                "address",
                "must be a well-formed address beginning with {known}",
                {"known": "://, ".join(known) + "://"},
            )
        return value

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

    def unsafe(self) -> list[str]:
        """Names of settings that production refuses, each with the reason (SECURITY.md T28)."""
        if self.env != "production":
            return []
        faults: list[str] = []
        secret = self.secret_key.get_secret_value()
        if secret == DEVELOPMENT_SECRET or len(secret) < MINIMUM_SECRET or len(set(secret)) < 10:
            faults.append("SECRET_KEY: must be at least 32 random characters")
        if not self.base_url.startswith("https://"):
            faults.append("BASE_URL: must begin with https://")
        if urlsplit(self.base_url).path not in ("", "/") or "@" in self.base_url:
            faults.append("BASE_URL: must be an origin without path or user")
        if any(not origin.startswith("https://") for origin in self.origins):
            faults.append("CORS_ALLOWED_ORIGINS: every origin must begin with https:// and none may be *")
        if self.workers > 1 and not self.redis_url:
            faults.append("WORKERS: more than one server process needs REDIS_URL")
        if self.redis_url and not _has_password(self.redis_url.get_secret_value()):
            faults.append("REDIS_URL: must carry a password, states in Redis are executable")
        if self.log_level == "DEBUG":
            faults.append("LOG_LEVEL: DEBUG may print people's data")
        if self.ai_service_secret and not self.ai_service_secret.get_secret_value().startswith("whsec_"):
            faults.append("AI_SERVICE_SECRET: must begin with whsec_")
        return faults


def _has_password(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "unix" or bool(parts.password)


settings = Settings()
