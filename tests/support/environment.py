"""Tests start from default settings, whatever this machine's environment or `.env` says."""

import os
from typing import Any

# A machine busy with tests may take longer than a server should let anybody wait: for a connection, for a tool.
PATIENCE = "30"
NOBODY = "https://127.0.0.1:9"  # where nobody listens


def forget() -> None:
    """Remove what the outside world set, then load the settings as for tests."""
    os.environ["ENV"] = "test"
    from sekretarka.core.runtime.settings import Settings, settings

    for name in Settings.model_fields:
        if name != "env":
            os.environ.pop(name.upper(), None)
    os.environ["SMSAPI_URL"] = os.environ["TWILIO_URL"] = NOBODY
    os.environ["DATABASE_POOL_TIMEOUT"] = os.environ["TOOL_TIMEOUT_SECONDS"] = PATIENCE
    replace(Settings(_env_file=None))
    assert settings.env == "test"


def replace(values: Any) -> None:
    """Make the one settings object say what `values` says."""
    from sekretarka.core.runtime.settings import settings

    settings.__dict__.clear()
    settings.__dict__.update({name: getattr(values, name) for name in type(values).model_fields})
