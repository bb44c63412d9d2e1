"""What the careful tier says of texts, for the screen tier to learn from (Hinton et al. 2015, "Distilling the Knowledge
in a Neural Network")."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from ..careful import SHIPPED, sentiments
from ..encoder import Encoder
from ..features import Floats
from ..labelled import Row
from ..mark import read as as_read
from . import mixture
from .examples import OURS, UNLABELLED

PAGE: Final = 500
SPARED: Final = ("xed_", OURS)
"""Sources that are not asked about: lines of films, of which there are many, and of which two classes are known; and
our own posts, which the careful tier was taught."""


def ask(rows: Sequence[Row], done: Callable[[int], None], folder: Path = SHIPPED) -> Floats:
    """The sentiment of each row's text (rows × SENTIMENTS); zeros for those that are spared."""
    encoder = Encoder.load(folder, threads=os.cpu_count() or 1)
    told = np.zeros((len(rows), 3), np.float32)
    asked = [place for place, row in enumerate(rows) if not row.source.startswith(SPARED)]
    for start in range(0, len(asked), PAGE):
        places = asked[start : start + PAGE]
        texts = [as_read(rows[place].text, [rows[place].brand]) for place in places]
        told[places] = sentiments(encoder.facts["calibration"], encoder.read(texts))
        done(places[-1] + 1)
    return told


def unlabelled(data: Path) -> list[Row]:
    """Posts that name brands, as rows; the sentiment that they carry stands for none."""
    return [
        Row(text=one.text, sentiment="neutral", language=one.language, source=UNLABELLED, brand=one.brand)
        for one in mixture.unlabelled(data)
    ]
