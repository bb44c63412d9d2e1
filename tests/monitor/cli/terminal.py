"""The command line with a person at it, who waits for each answer, a while at most."""

import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).parents[3]
PATIENCE = 30
"""Seconds that a person waits for the next sign of life."""
# A shell starts what stands before an `&` deaf to Ctrl-C, and so would be all that the tests start.
ATTENTIVE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from monitor.cli import main; main()"
)


class Terminal:
    """A command at work on a terminal of its own. `shown` is what stands there."""

    def __init__(self, *words: str, environ: Mapping[str, str]) -> None:
        self._near, far = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", ATTENTIVE, *words],
            stdin=far,
            stdout=far,
            stderr=far,
            env={**os.environ, "TERM": "xterm-256color", **environ},
            cwd=ROOT,
        )
        os.close(far)
        self._read = b""

    @property
    def shown(self) -> str:
        return self._read.decode(errors="replace")

    def answer(self, *answers: str) -> None:
        """Wait for a question, answer it, and so on."""
        for each in answers:
            self.question()
            self._read += b"\n"
            os.write(self._near, f"{each}\n".encode())

    def question(self) -> None:
        while not self._read.endswith(b": ") and self._goes_on():
            pass

    def interrupt(self) -> None:
        """Ctrl-C. Python overlooks one that comes while it turns to the keyboard, so a person presses it again."""
        for _ in range(PATIENCE // 2):
            self.process.send_signal(signal.SIGINT)
            if self._stirs(2):
                return
        self._give_up()

    def end(self) -> int:
        """Wait for the end; the exit code."""
        while self._goes_on():
            pass
        os.close(self._near)
        return self.process.wait(PATIENCE)

    def _goes_on(self) -> bool:
        """Read what is there next; false when nothing more comes."""
        if not self._stirs(PATIENCE):
            self._give_up()
        try:
            piece = os.read(self._near, 65_536)
        except OSError:  # Linux says so when the other end is closed.
            return False
        self._read += piece
        return bool(piece)

    def _stirs(self, seconds: float) -> bool:
        """Whether there is something to read within so long."""
        return bool(select.select([self._near], [], [], seconds)[0])

    def _give_up(self) -> NoReturn:
        self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self._near)
        raise TimeoutError(self.shown)
