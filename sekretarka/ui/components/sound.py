"""The soft sound of a call that begins, off until this browser's owner turns it on."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text
from sekretarka.ui.components.choice import SWITCH, THUMB
from sekretarka.ui.scripts import script

_LIBRARY = script("components/sound.jsx")


class _CallSound(rx.Component):
    library = _LIBRARY
    tag = "CallSound"
    begun: rx.Var[int]


class _SoundSwitch(rx.Component):
    library = _LIBRARY
    tag = "SoundSwitch"
    label: rx.Var[str]
    thumb: rx.Var[str]


def call_sound(begun: Any) -> rx.Component:
    """Plays a sound when the number of calls that have begun grows, in one of the open tabs."""
    return _CallSound.create(begun=begun)


def sound_switch(label: Text) -> rx.Component:
    """Turns the sound on, with a sample, and off, for this browser."""
    return _SoundSwitch.create(label=label, class_name=SWITCH, thumb=THUMB)
