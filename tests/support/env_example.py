"""The text of `.env.example`, from the settings; `make regenerate` writes it."""

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from sekretarka.core.runtime.settings import Settings

HEAD = """\
# Every setting with its default. Copy to `.env` and change what you need; the environment's own variables win.
# Made by `make regenerate` from sekretarka/core/runtime/settings.py; a test compares the two.
"""


def example() -> str:
    """The file's text."""
    return HEAD + "".join(_entry(name.upper(), field) for name, field in Settings.model_fields.items())


def _entry(name: str, field: FieldInfo) -> str:
    default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    if default is None:
        return f"\n# {field.description}\n# {name}=\n"
    return f"\n# {field.description}\n{name}={str(default).lower() if isinstance(default, bool) else default}\n"
