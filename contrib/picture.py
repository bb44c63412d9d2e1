"""What a command shows on a terminal, as an SVG: how docs/inbox.svg was made, after `oido demo --language es --for 70`.

python contrib/picture.py docs/inbox.svg oido --config … inbox -L 14
"""

import os
import pty
import re
import sys
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

COLUMNS = 118
FONT = re.compile(r"@font-face \{\{.*?\}\}", re.DOTALL)
"""Rich's own frame fetches its font from the network."""


def shown(command: list[str]) -> str:
    """What `command` writes to a terminal."""
    pieces: list[bytes] = []

    def read(descriptor: int) -> bytes:
        pieces.append(os.read(descriptor, 65536))
        return pieces[-1]

    os.environ |= {"COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    sys.stdout = StringIO()
    pty.spawn(command, read)
    sys.stdout = sys.__stdout__
    return b"".join(pieces).decode()


def main(path: str, *command: str) -> None:
    """Write the picture to `path`."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    for line in shown(list(command)).rstrip().splitlines():
        console.print(Text.from_ansi(line), no_wrap=True, crop=True)
    title = " ".join(word for word in command if "/" not in word and word != "--config")
    picture = console.export_svg(title=title, code_format=FONT.sub("", CONSOLE_SVG_FORMAT))
    Path(path).write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
