"""What systemd hears of the daemon, on a socket as systemd makes it."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.systemd import tell


@pytest.fixture
def line(tmp_path: Path) -> Iterator[socket.socket]:
    """systemd's end, in a folder short enough for a socket's name."""
    before = Path.cwd()
    os.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.settimeout(5)
        line.bind("notify")
        yield line
    os.chdir(before)


def test_systemd_is_told(line: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "notify")
    tell("READY=1")
    assert line.recv(100) == b"READY=1"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has sockets without a file")
def test_systemd_is_told_on_a_socket_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"oido-test-{os.getpid()}"
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.settimeout(5)
        line.bind(f"\0{name}")
        tell("WATCHDOG=1")
        assert line.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize("address", [None, "", "gone", "x" * 200], ids=["no systemd", "empty", "gone", "too long"])
def test_without_systemd_nothing_is_said(address: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if address is not None:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    tell("READY=1")
