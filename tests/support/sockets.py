"""Tests talk to this machine only: any other address is refused before a packet leaves."""

import ipaddress
import socket
from typing import Any

NAMES = {None, "", "localhost", b"localhost"}


class OutsideConnection(RuntimeError):
    """A test tried to reach another machine; no OSError, so that no retry can swallow it."""


def _is_local(host: Any) -> bool:
    if host in NAMES:
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False


def refuse_outside() -> None:
    """Guard every socket of this process from now on."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(family: int, address: Any) -> None:
        if family != socket.AF_UNIX and not _is_local(address[0]):
            raise OutsideConnection(f"connection to {address[0]!r}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(self.family, address)
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(self.family, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_local(host):
            raise OutsideConnection(f"look-up of {host!r}")
        return getaddrinfo(host, *args, **kwargs)

    socket.socket.connect = guarded_connect  # type: ignore[assignment]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[assignment]
    socket.getaddrinfo = guarded_getaddrinfo
