"""How many mentions a core judges a second, in pages of 1, 16 and 100, both tiers beside VADER; load time and memory.

    python -m bench.judge [--seconds 5]

The posts are our own held-out ones, in seven languages, with their brands named, as the pipeline hands them over. The
peer, VADER, is a word list with rules, for English: it says sentiment and nothing else. CPU time of one thread; each
tier is loaded in a process of its own, whose resident memory is the kernel's figure (Linux only).
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from models.careful import Careful
from models.labelled import Row, read
from models.screen import Screen

CORPUS = Path("models/corpus/heldout")
PAGES = (1, 16, 100)
LOAD = """
import re, time
from pathlib import Path
start = time.perf_counter()
{load}
judge.judge(["La tienda tarda tres semanas y nadie contesta"], names=[["tienda"]])
seconds = time.perf_counter() - start
print(seconds, int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024)
"""
LOADS = {
    "screen": "from models.screen import Screen\njudge = Screen.load()",
    "careful": "from models.careful import Careful\njudge = Careful.load()",
}

Judge = Callable[[Sequence[Row]], object]


def pages(rows: Sequence[Row], size: int) -> list[list[Row]]:
    endless = cycle(rows)
    return [list(islice(endless, size)) for _ in range(max(1, len(rows) // size))]


def speed(judge: Judge, rows: Sequence[Row], size: int, seconds: float) -> float:
    """Posts a CPU second."""
    judge(rows[:size])
    done, start = 0, time.process_time()
    for page in cycle(pages(rows, size)):
        judge(page)
        done += size
        if (spent := time.process_time() - start) > seconds:
            return done / spent
    raise AssertionError


def ours(tier: Screen | Careful) -> Judge:
    return lambda page: tier.judge([row.text for row in page], names=[[row.brand] for row in page])


def loaded(tier: str) -> tuple[float, float]:
    """Seconds from importing to the first verdict, and MB resident then."""
    program = [sys.executable, "-c", LOAD.format(load=LOADS[tier])]
    told = subprocess.run(program, capture_output=True, text=True, check=True).stdout.split()
    return float(told[0]), float(told[1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.judge", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="CPU seconds of each measurement")
    seconds = parser.parse_args().seconds
    rows = [row for path in sorted(CORPUS.glob("*.tsv")) for row in read(path)]
    vader = SentimentIntensityAnalyzer()
    judges: dict[str, Judge] = {
        "VADER": lambda page: [vader.polarity_scores(row.text) for row in page],
        "screen": ours(Screen.load()),
        "careful": ours(Careful.load()),
    }
    print(f"{'':10}" + "".join(f"{f'pages of {size}':>16}" for size in PAGES))
    for name, judge in judges.items():
        speeds = [speed(judge, rows, size, seconds) for size in PAGES]
        print(f"{name:10}" + "".join(f"{each:>14,.0f}/s" for each in speeds))
    for tier in LOADS:
        took, memory = loaded(tier)
        print(f"{tier}: first verdict {took:.2f} s after its import began, {memory:.0f} MB resident")


if __name__ == "__main__":
    main()
