"""Where the configuration stands, and what it names."""

import os
from collections.abc import Mapping
from pathlib import Path

from ..errors import Misconfigured, Problem, Unconfigured

NAME = "config.toml"
VARIABLE = "OIDO_CONFIG"


def find(option: Path | str | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The configuration's path: `--config`, else the variable OIDO_CONFIG, else ./config.toml, else the user's own.

    A place that was named is the only one looked at. `Misconfigured`, with every place looked at, when there is none.
    """
    for said, by in ((option, "--config"), (environ.get(VARIABLE), VARIABLE)):
        if said:
            return _named(Path(said).expanduser(), by)
    places = (Path(NAME), user_path())
    for place in places:
        if place.is_file():
            return place
    raise Unconfigured(f"--config, {VARIABLE}, {' and '.join(map(str, places))}")


def user_path() -> Path:
    """Where the user's own configuration goes on this machine."""
    # Imported here: most commands find the file in the current folder.
    from platformdirs import user_config_path

    return user_config_path("oido") / NAME


def _named(path: Path, by: str) -> Path:
    if path.is_dir():
        path = path / NAME
    if not path.is_file():
        hint = f"it was named by {by}; `oido init --config {path}` writes one there"
        raise Misconfigured(str(path), [Problem(place="file", what="it is not there", hint=hint)])
    return path


def beside(path: Path, name: str) -> Path:
    """The file called `name` in the configuration: relative to its folder, unless absolute. `ValueError` when it begins
    with the home of nobody."""
    try:
        # Not resolved: where configurations are links, as in a container's mounts, they stand where the link does.
        return path.absolute().parent / Path(name).expanduser()
    except RuntimeError as error:
        raise ValueError(f"{name!r}: nobody's home") from error
