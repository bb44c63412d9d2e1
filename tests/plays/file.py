"""A folder with one export in it, as JSON lines. Each is another folder: a mark knows a file by its name alone."""

import tempfile
from pathlib import Path

from connectors.tables.file import File
from tests.fakes_http import FakeHttp
from tests.plays import Play

FOLDERS = tempfile.TemporaryDirectory(prefix="oido-file-")
"""Goes when the tests end."""


def play(answer: bytes) -> Play:
    folder = Path(tempfile.mkdtemp(dir=FOLDERS.name))
    (folder / "export.jsonl").write_bytes(answer)
    columns = {"text": "message", "author": "user.handle", "name": "user.name", "date": "created"}
    return File(folder=str(folder), columns=columns), FakeHttp({})
