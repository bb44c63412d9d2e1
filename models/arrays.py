"""Weights as a file: NumPy's archive of arrays (.npz), never a pickle."""

import zipfile
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ARCHIVE: Final = b"PK\3\4"
DAMAGE: Final = (OSError, EOFError, ValueError, KeyError, IndexError, zipfile.BadZipFile, zlib.error)
"""What reading an archive that is damaged or foreign raises, and making sense of its arrays."""


def unpack(path: Path) -> dict[str, NDArray[Any]]:
    """All of them, by name. Raises one of `DAMAGE`."""
    # Opened here: NumPy leaves a damaged file open.
    with path.open("rb") as file:
        # NumPy would take anything else for a pickle, and advise to trust it.
        if file.read(len(ARCHIVE)) != ARCHIVE:
            raise ValueError("no archive of arrays")
        file.seek(0)
        found = np.load(file, allow_pickle=False)
        return {name: found[name] for name in found.files}
