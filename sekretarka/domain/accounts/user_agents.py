"""What a browser says of itself, in the few words users know it by."""

from dataclasses import dataclass
from typing import Literal

DeviceKind = Literal["phone", "tablet", "computer"]

# The order matters: nearly every browser also claims to be those below it.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: tuple[tuple[str, str, DeviceKind], ...] = (
    ("iPhone", "iOS", "phone"),
    ("iPad", "iPadOS", "tablet"),
    ("Android", "Android", "phone"),
    ("Windows NT", "Windows", "computer"),
    ("CrOS", "ChromeOS", "computer"),
    ("Mac OS X", "macOS", "computer"),
    ("Linux", "Linux", "computer"),
)


@dataclass(frozen=True)
class Device:
    """A browser by its `User-Agent`: names of browser and system, kind of device; None for what it does not say."""

    browser: str | None
    system: str | None
    kind: DeviceKind | None


def parse(user_agent: str) -> Device:
    """Browser, system and kind from a `User-Agent` header: always names of these tables, whatever was sent."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    system, kind = next(((name, kind) for mark, name, kind in SYSTEMS if mark in user_agent), (None, None))
    if system == "Android" and "Mobile" not in user_agent:
        kind = "tablet"
    return Device(browser, system, kind)
