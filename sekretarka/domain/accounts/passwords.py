"""Passwords: Argon2id in two threads of its own, and the rules a new one must meet."""

import asyncio
import os
import re
import sys
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from typing import TypeVar

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from sekretarka.core.errors import Unavailable

Result = TypeVar("Result")

MEMORY_KIB, ITERATIONS, LANES = 65_536, 3, 1
MINIMUM, MAXIMUM = 8, 128

# A hash nobody knows the password of, with today's parameters: unknown users cost the same work as known ones.
DUMMY_HASH = "$argon2id$v=19$m=65536,t=3,p=1$qv8QyBiRj3dUY2bi671ivw$TBUfZTybeCehys2kALffTPB9/B22HTuCvTXTllfL3yc"

_PARAMETERS = re.compile(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$")
_PARALLEL = 2  # each takes 64 MiB and a core: signing in never starves everything else
_QUEUE = 64  # about five seconds of waiting; beyond that an honest 503 is better


def _step_back() -> None:
    # Linux lets a thread be nicer than its process: in a storm of guesses other answers take a third of the time.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


_threads = ThreadPoolExecutor(_PARALLEL, thread_name_prefix="argon2", initializer=_step_back)
_waiting = 0


class Match(IntEnum):
    """What comparing a password says; `OUTDATED` is right, and its hash must be made again."""

    WRONG = 0
    RIGHT = 1
    OUTDATED = 2


def normalise(password: str) -> str:
    """A password as it is hashed, by the OpaqueString profile of RFC 8265: composed (NFC), every space the plain one.
    Keyboards differ in both, and nobody sees it."""
    spaced = "".join(" " if unicodedata.category(character) == "Zs" else character for character in password)
    return unicodedata.normalize("NFC", spaced)


async def derive(password: str) -> str:
    """The Argon2id hash of a new password as a PHC string; `Unavailable` when too many wait already."""
    return await _in_thread(_derive, normalise(password))


async def verify(password: str, stored: str | None) -> Match:
    """Whether this is the password of the stored PHC string, also of one made before passwords were normalised. The
    same work is done when there is none (None) or the user is unknown; `Unavailable` when too many wait already."""
    if stored is None or len(normalise(password)) > MAXIMUM:
        await _in_thread(_match, password[:MAXIMUM], DUMMY_HASH)
        return Match.WRONG
    return await _in_thread(_match, password, stored)


def _is_outdated(stored: str) -> bool:
    """Whether a PHC string was made with weaker parameters than today's, or with other ones."""
    parameters = _PARAMETERS.match(stored)
    if parameters is None:
        return True
    memory, iterations, lanes = (int(number) for number in parameters.groups())
    return memory < MEMORY_KIB or iterations < ITERATIONS or lanes != LANES


def _derive(password: str) -> str:
    argon2 = Argon2id(salt=os.urandom(16), length=32, iterations=ITERATIONS, lanes=LANES, memory_cost=MEMORY_KIB)
    return argon2.derive_phc_encoded(_bytes(password))


def _match(password: str, stored: str) -> Match:
    current = normalise(password)
    # As it came, and as a keyboard that composes nothing sends it: so it was hashed before.
    for spelling in dict.fromkeys((current, password, unicodedata.normalize("NFD", password))):
        if _matches(spelling, stored):
            return Match.OUTDATED if spelling != current or _is_outdated(stored) else Match.RIGHT
    return Match.WRONG


def _matches(password: str, stored: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(_bytes(password), stored)
    except InvalidKey:
        return False
    return True


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


async def _in_thread(work: Callable[..., Result], *arguments: str) -> Result:
    global _waiting
    if _waiting >= _QUEUE:
        raise Unavailable
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work, *arguments)
    finally:
        _waiting -= 1
