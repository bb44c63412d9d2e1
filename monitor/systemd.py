"""What systemd wants to hear from a service it started (sd_notify(3))."""

import os
import socket
from contextlib import suppress


def tell(state: str) -> None:
    """Say something to systemd, when it started us (sd_notify(3)): READY=1, WATCHDOG=1, STOPPING=1."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
