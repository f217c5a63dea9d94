"""Settings: each is documented, and production starts with none that is unsafe (security.md#t28)."""

import json
import re
from pathlib import Path

import pytest

from sekretarka.cli.startup import WrongSetting, accepted
from sekretarka.core.runtime.settings import DEVELOPMENT_SECRET, Settings
from tests.support.env_example import example
from tests.support.processes import run, run_program
from tests.support.workspace import ROOT

WRONG_SETTING = 78
SAFE = {
    "env": "production",
    "base_url": "https://sekretarka.example",
    "secret_key": "vY7rQ2mZ9pL4xT8cWn3kJd6bHs5gFa1e",
    "database_url": "sqlite:///production.db",
    "smtp_url": "smtps://mail:word@smtp.sekretarka.example",
    "mail_from": "AI Sekretarka <mail@sekretarka.example>",
}


def providers(**values: str) -> str:
    """One OpenID provider as the setting has it, with something changed."""
    whole = {
        "id": "firm",
        "name": "Firma",
        "issuer": "https://id.firm.example",
        "clientId": "c",
        "clientSecret": "hunter2",
    }
    return json.dumps([{**whole, **values}])


UNSAFE = [
    ("SECRET_KEY", {"secret_key": DEVELOPMENT_SECRET}),
    ("SECRET_KEY", {"secret_key": "too-short"}),
    ("SECRET_KEY", {"secret_key": "a" * 64}),
    ("BASE_URL", {"base_url": "http://sekretarka.example"}),
    ("BASE_URL", {"base_url": "https://sekretarka.example/path"}),
    ("BASE_URL", {"base_url": "https://user@sekretarka.example"}),
    ("CORS_ALLOWED_ORIGINS", {"cors_allowed_origins": "*"}),
    ("CORS_ALLOWED_ORIGINS", {"cors_allowed_origins": "http://partner.example"}),
    ("WORKERS", {"workers": "2"}),
    ("REDIS_URL", {"redis_url": "redis://10.0.0.5:6379/0"}),
    ("MAIL_FROM", {"mail_from": "AI Sekretarka <sekretarka@localhost>"}),
    ("SMSAPI_URL", {"smsapi_url": "http://api.smsapi.pl"}),
    ("TWILIO_URL", {"twilio_url": "http://api.twilio.com"}),
    ("SANDBOX_MAIL", {"sandbox_mail": "data/mail"}),
    ("SANDBOX_SMS", {"sandbox_sms": "data/sms"}),
    ("LOG_LEVEL", {"log_level": "DEBUG"}),
    ("AI_SERVICE_SECRET", {"ai_service_secret": "plain-words"}),
    ("GOOGLE_CLIENT_SECRET", {"google_client_id": "1234.apps.example"}),
    ("GOOGLE_CLIENT_ID", {"google_client_secret": "GOCSPX-secret"}),
    ("OIDC_PROVIDERS", {"oidc_providers": providers(issuer="http://id.firm.example")}),
]
MALFORMED = [
    ("ENV", {"env": "prod"}),
    ("PORT", {"port": "eighty"}),
    ("WORKERS", {"workers": "0"}),
    ("TRUSTED_PROXY_HOPS", {"trusted_proxy_hops": "-1"}),
    ("RUN_WORKER", {"run_worker": "perhaps"}),
    *(
        (f"RATE_LIMIT_{caller.upper()}", {f"rate_limit_{caller}": value})
        for caller in ("anonymous", "session", "api_key", "webhook")
        for value in ("", "10", "10/10minutes", "0/10seconds", "10/0seconds", "-1/10seconds", "10/10seconds ")
    ),
    ("DATABASE_URL", {"database_url": "mysql://host/name"}),
    ("REDIS_URL", {"redis_url": "redis://:word@[bad"}),
    ("BASE_URL", {"base_url": "localhost:8000"}),
    ("SMTP_URL", {"smtp_url": "mail.example:587"}),
    ("MAIL_FROM", {"mail_from": "nobody"}),
    ("MAIL_FROM", {"mail_from": "a@example.com, b@example.com"}),
    ("MAIL_FROM", {"mail_from": "A\r\nBcc: b@example.com <a@example.com>"}),
    *(
        ("OIDC_PROVIDERS", {"oidc_providers": value})
        for value in (
            "hunter2",
            '{"id": "firm"}',
            '[{"id": "firm"}]',
            providers(id="google"),
            providers(id="credentials"),
            providers(id="Firm/../x"),
            providers(name=""),
            providers(issuer="id.firm.example"),
            providers(issuer="https://user@id.firm.example"),
            providers(issuer="https://id.firm.example?x=1"),
            providers(issuer="https://accounts.google.com"),
            providers(clientSecret=""),
            providers(scopes="email"),
            providers(colour="red"),
            f"[{providers()[1:-1]}, {providers(id='other')[1:-1]}]",
            f"[{providers()[1:-1]}, {providers(issuer='https://other.example')[1:-1]}]",
        )
    ),
]


def test_every_setting_is_documented() -> None:
    assert (ROOT / ".env.example").read_text() == example(), "run: make regenerate"
    undocumented = [name for name, field in Settings.model_fields.items() if not field.description]
    assert undocumented == [], "give these a description in sekretarka/core/runtime/settings.py"


def test_no_code_reads_the_environment_behind_the_settings() -> None:
    reading = re.compile(r"os\.(environ|getenv)")
    allowed = {"sekretarka/cli", "sekretarka/core/runtime/settings.py"}
    readers = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "sekretarka").rglob("*.py")
        if reading.search(path.read_text()) and not any(str(path.relative_to(ROOT)).startswith(a) for a in allowed)
    ]
    assert readers == [], "read these through sekretarka/core/runtime/settings.py, then run: make regenerate"


def test_the_safe_values_are_accepted(tmp_path: Path) -> None:
    signs_in = {"google_client_id": "1", "google_client_secret": "x", "oidc_providers": providers()}
    assert run("migrate", cwd=tmp_path, **SAFE, **signs_in).returncode == 0


def refusal(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    """What every command ends with when these are in its environment."""
    for name, value in values.items():
        monkeypatch.setenv(name.upper(), value)
    with pytest.raises(WrongSetting) as refused:
        accepted(lambda: Settings(_env_file=None))
    return refused.value.message


@pytest.mark.parametrize(("name", "values"), UNSAFE)
def test_production_refuses_by_name(monkeypatch: pytest.MonkeyPatch, name: str, values: dict[str, str]) -> None:
    assert f"\n{name}: " in refusal(monkeypatch, **{**SAFE, **values})


def test_production_without_mail_must_say_so(tmp_path: Path) -> None:
    """The first sign-in needs a mailed link by default; who gives that up needs no mail server."""
    silent = {name: value for name, value in SAFE.items() if name not in ("smtp_url", "mail_from")}
    refused = run("migrate", cwd=tmp_path, **silent)
    assert (refused.returncode, "\nSMTP_URL: " in refused.stderr) == (WRONG_SETTING, True)
    assert run("migrate", cwd=tmp_path, **silent, require_verified_email="false").returncode == 0


@pytest.mark.parametrize("command", ["api", "serve", "worker", "dev", "migrate", "openapi"])
def test_every_command_refuses_before_it_starts(tmp_path: Path, command: str) -> None:
    done = run(command, cwd=tmp_path, **{**SAFE, "secret_key": DEVELOPMENT_SECRET})
    assert done.returncode == WRONG_SETTING, done.stderr
    assert "\nSECRET_KEY: " in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(("name", "values"), MALFORMED)
def test_malformed_values_are_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, values: dict[str, str]
) -> None:
    message = refusal(monkeypatch, **values)
    assert f"{name}: " in message
    assert "hunter2" not in message


def test_secrets_are_not_in_error_messages(tmp_path: Path) -> None:
    done = run_program("api", cwd=tmp_path, **{**SAFE, "secret_key": "hunter2", "redis_url": "redis://:hunter3@[bad"})
    assert done.returncode == WRONG_SETTING
    assert "hunter" not in done.stderr + done.stdout


def test_production_refuses_an_old_schema(tmp_path: Path) -> None:
    done = run("api", "--port", "1", cwd=tmp_path, **SAFE)
    assert done.returncode == WRONG_SETTING, done.stderr
    assert "sekretarka migrate" in done.stderr


def test_production_takes_no_made_up_data(tmp_path: Path) -> None:
    done = run("seed", "--demo", cwd=tmp_path, **SAFE)
    assert done.returncode == WRONG_SETTING, done.stderr
    assert "ENV: " in done.stderr
