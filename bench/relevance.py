"""How quickly relevance judges posts and learns a brand: `python bench/relevance.py`. On one core and our own words."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import random
import time

import numpy as np

from models.profile import LENGTH, Profile
from models.relevance import Glimpse, Relevance

WORDS = [
    "vestido",
    "abrigo",
    "tienda",
    "rebajas",
    "zapatos",
    "pedido",
    "talla",
    "devolución",
    "fruta",
    "batido",
    "receta",
    "sartén",
    "chile",
    "limón",
    "helado",
    "store",
    "coat",
    "dress",
    "jacket",
    "returns",
    "order",
    "ripe",
    "smoothie",
    "juice",
    "tree",
    "lunch",
    "sweet",
    "online",
    "Barcelona",
    "Madrid",
    "otoño",
]
POSTS = 1_000


def main() -> None:
    chance = random.Random(1)
    numbers = np.random.default_rng(1)

    def embedded(texts: object) -> list[bytes]:
        return [numbers.integers(-12, 13, LENGTH, dtype=np.int8).tobytes() for _ in texts]  # type: ignore[attr-defined]

    def said(length: int) -> str:
        return " ".join(chance.choices(WORDS, k=length))

    profile = Profile.build("Mango", texts=[f"Mango {said(2_000)}"] * 3, host="mango.com", embed=embedded)
    posts = [
        Glimpse(text=f"{said(10)} Mango {said(6)}", handle=f"user{n % 300}", embedding=embedded([n])[0])
        for n in range(POSTS)
    ]
    began = time.perf_counter()
    relevance = Relevance.load()
    print(f"load                      {time.perf_counter() - began:8.3f} s")
    for size in (1, 16, 100):
        began = time.perf_counter()
        for start in range(0, POSTS, size):
            relevance.judge(posts[start : start + size], profile)
        print(f"judge, pages of {size:<9} {POSTS / (time.perf_counter() - began):8.0f} posts a second")
    for count in (1, 25, 100, POSTS):
        examples = [(post, chance.random() < 0.7) for post in posts[:count]]
        began = time.perf_counter()
        relevance.learn(profile, examples)
        print(f"learn {count:>5} thumbs        {time.perf_counter() - began:8.3f} s")


if __name__ == "__main__":
    main()
