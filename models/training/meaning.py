"""What the careful tier makes of the posts and pages that relevance is learned from:
`python -m models.training.meaning --data DIR --out FILE`. Two cores take some minutes.

FILE (.npz) holds `posts`, a row of signed bytes per line of mentions.tsv.gz; `pages`; and of each of these the `brand`.
"""

import argparse
import html
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..careful import SHIPPED
from ..encoder import Encoder
from ..errors import Unreadable
from ..mark import read as as_read
from ..profile import CHUNKS, LENGTH, Embed
from . import subjects

log = logging.getLogger(__name__)
PAGE: Final = 500
Bytes = NDArray[np.int8]


def write(folder: Path, path: Path, encoder: Encoder) -> None:
    """Read what lies in `folder`/relevance with `encoder`, and keep it at `path`."""

    def embed(texts: Sequence[str]) -> Bytes:
        return quantised(encoder.read(texts).embedding)

    def embedder(names: Sequence[str]) -> Embed:
        return lambda texts: [one.tobytes() for one in embed([as_read(text, names) for text in texts])]

    pages = [(brand.name, chunk) for brand in subjects.profiles(folder, embedder) for chunk in brand.chunks]
    log.info("%d pieces of pages", len(pages))
    texts = [as_read(html.unescape(row["text"]), subjects.names(row["brand"])) for row in subjects.posts(folder)]
    posts = np.zeros((len(texts), LENGTH), np.int8)
    for start in range(0, len(texts), PAGE):
        posts[start : start + PAGE] = embed(texts[start : start + PAGE])
        log.info("%d of %d posts", min(start + PAGE, len(texts)), len(texts))
    vectors = np.frombuffer(b"".join(chunk for _, chunk in pages), np.int8).reshape(-1, LENGTH)
    np.savez_compressed(path, posts=posts, pages=vectors, brand=np.array([name for name, _ in pages]))


def load(path: Path) -> tuple[Bytes, dict[str, tuple[bytes, ...]]]:
    """The embeddings of the posts (lines × LENGTH), and of each brand's pages. Raises `Unreadable`."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            posts, vectors, brands = kept["posts"], kept["pages"], kept["brand"]
    except (OSError, ValueError, KeyError) as error:
        raise Unreadable(f"{path}: {error}") from error
    if posts.shape[1:] != (LENGTH,) or vectors.shape[1:] != (LENGTH,):
        raise Unreadable(f"{path}: embeddings of {posts.shape[1:]}, not {LENGTH}")
    pages: dict[str, tuple[bytes, ...]] = {}
    for brand, vector in zip(brands.tolist(), quantised(vectors), strict=True):
        if len(known := pages.get(brand, ())) < CHUNKS:
            pages[brand] = (*known, vector.tobytes())
    return quantised(posts), pages


def quantised(vectors: NDArray[np.generic]) -> Bytes:
    """Unit vectors as signed bytes."""
    unit = vectors.astype(np.float32)
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-6)
    return np.round(unit * 127).astype(np.int8)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.training.meaning", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds relevance/")
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="the folder that holds careful.onnx")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    write(options.data, options.out, Encoder.load(options.weights, threads=os.cpu_count() or 1))


if __name__ == "__main__":
    main()
