"""The walls of the house: which room may know which, and the one door of each outside package."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from connectors.registry import CONNECTORS

ROOT = Path(__file__).parents[1]
WINGS = ("connectors", "models", "monitor")

DOORS = {
    "aiohttp": ("connectors/wire/session.py",),
    "aiohttp.web": ("connectors/doors/door.py", "monitor/demo/*"),
    "backports": ("connectors/streams/dictionary.py",),
    "compression": ("connectors/streams/dictionary.py",),
    "feedparser": ("connectors/feeds/entry.py",),
    "jwt": ("connectors/keys/signed.py",),
    "sklearn": ("models/training/*.py",),
    "scipy": ("models/training/*.py",),
    "torch": ("models/training/*.py",),
    "onnx": ("models/training/*.py",),
    "onnxruntime": ("models/encoder.py",),
    "sentencepiece": ("models/pieces.py", "models/training/vocabulary.py"),
    "sqlite3": ("monitor/store/*",),
    "sqlite_utils": ("monitor/store/*",),
    "apprise": ("monitor/alerting/*",),
    "typer": ("monitor/cli/*",),
    "rich": ("monitor/cli/*",),
    "ahocorasick_rs": ("monitor/match.py",),
}
"""An outside package, and where alone it may be imported. A part of a package may have a door of its own."""

LATCHES = {"monitor/polling.py": 1, "monitor/alerting/outbox.py": 1, "monitor/refresh.py": 1}
"""How often a module may catch `Exception`: around one poll, one delivery, one look at posts again."""

WATCHES = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
CLOCKS = (
    *("connectors/doors/door.py", "connectors/keys/oauth.py", "connectors/keys/signed.py"),
    *("monitor/clock.py", "models/training/screen.py"),
)
"""Who may ask the machine what time it is; everybody else is handed a `Clock`. The door says when a request came; a
signature carries when it was made."""

LONG: dict[str, str] = {}
"""Files of more than 300 lines, and why each is still one idea."""


def test_the_contracts_between_the_rooms_are_kept():
    program = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([program, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_contracts_name_every_connector():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    named = {module for contract in settings["contracts"] for module in contract.get("modules", ())}
    assert {connector.__module__ for connector in CONNECTORS.values()} <= named


@pytest.mark.parametrize("package", DOORS)
def test_an_outside_package_has_one_door(package):
    users = {path for path in modules() for name in imported(path) if door(name) == package}
    assert [path for path in users if not any(fnmatch(path, pattern) for pattern in DOORS[package])] == []


def test_the_time_is_asked_of_the_clock():
    assert [path for path in modules() if path not in CLOCKS and asks_the_time(path)] == []


def test_any_error_is_caught_around_one_poll_and_one_delivery_only():
    caught = {path: count for path in modules() if (count := sum("Exception" in kinds for kinds, _ in nets(path)))}
    assert caught == LATCHES


def test_what_catches_everything_raises_it_again():
    silent = [
        path for path in modules() for kinds, is_raised in nets(path) if "BaseException" in kinds and not is_raised
    ]
    assert silent == []


def test_a_long_file_has_its_reason():
    assert [path for path in modules() if path not in LONG and len(source(path).splitlines()) > 300] == []


def test_a_reason_belongs_to_a_long_file():
    assert [path for path in LONG if len(source(path).splitlines()) <= 300] == []


@pytest.mark.parametrize(
    ("room", "dear"),
    [
        pytest.param("connectors.registry", {"aiohttp", "feedparser", "numpy"}, id="to list the connectors"),
        pytest.param("models.judge", {"aiohttp", "sklearn", "scipy", "torch"}, id="to judge"),
        pytest.param("monitor.cli.inbox", {"aiohttp", "numpy", "apprise", "feedparser"}, id="to read the inbox"),
        pytest.param("monitor.cli.history", {"aiohttp", "numpy", "apprise", "feedparser"}, id="to ask the history"),
    ],
)
def test_what_is_dear_to_import_stays_outside(room, dear):
    program = f"import sys, {room}; print(*({dear} & sys.modules.keys()))"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


@cache
def modules() -> tuple[str, ...]:
    return tuple(path.relative_to(ROOT).as_posix() for wing in WINGS for path in sorted((ROOT / wing).rglob("*.py")))


@cache
def source(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def nodes(path: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(source(path))))


def imported(path: str) -> Iterator[str]:
    """What a module imports, wherever in it: `a.b` for `import a.b`, `from a import b` and `from a.b import c`."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def door(name: str) -> str:
    """The longest entry of `DOORS` that `name` is or lies in; "" if there is none."""
    parts = name.split(".")
    heads = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((head for head in heads if head in DOORS), "")


def asks_the_time(path: str) -> bool:
    return any(isinstance(node, ast.Attribute) and dotted(node)[-2:] in WATCHES for node in nodes(path))


def dotted(node: ast.expr) -> tuple[str, ...]:
    """`a.b.c` as its names."""
    if isinstance(node, ast.Attribute):
        return (*dotted(node.value), node.attr)
    return (node.id,) if isinstance(node, ast.Name) else ("",)


def nets(path: str) -> Iterator[tuple[set[str], bool]]:
    """For each `except` and each `suppress`: the names of what it catches, and whether it ends by raising it again."""
    for node in nodes(path):
        if isinstance(node, ast.ExceptHandler):
            last = node.body[-1]
            yield names(node.type), isinstance(last, ast.Raise) and last.exc is None
        elif isinstance(node, ast.Call) and dotted(node.func)[-1] == "suppress":
            yield set().union(*map(names, node.args)), False


def names(kinds: ast.expr | None) -> set[str]:
    """A bare `except` catches `BaseException`."""
    if kinds is None:
        return {"BaseException"}
    return {dotted(kind)[-1] for kind in (kinds.elts if isinstance(kinds, ast.Tuple) else [kinds])}
