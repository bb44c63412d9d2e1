"""What a reading of one file gathers on its way: problems, warnings and the secrets to hide."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import Problem
from .decode import Misfit, Problems, convert, options
from .secrets import is_exposed, is_reference, resolve
from .toml import Table


@dataclass(slots=True, kw_only=True)
class Findings:
    """Of the file at `path`. Without an `environ`, secrets stay the references that they are; with `only`, all but
    those of the source so called."""

    path: Path
    environ: Mapping[str, str] | None
    only: str = ""
    problems: Problems = field(default_factory=Problems)
    warnings: list[Problem] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)

    def reveal(self, shape: type, table: Table, place: str, *, source: str = "") -> Table:
        """`table`, a `source` or another, with the secrets that `shape` declares, read from where they are kept."""
        revealed = dict(table)
        environ = self.environ if self.only in ("", source) else None
        for option in options(shape):
            said = table.get(option.name)
            if option.is_secret and isinstance(said, str) and said:
                with self.problems.gather():
                    revealed[option.name] = self._secret(said, f"{place}.{option.name}", environ)
        return revealed

    def _secret(self, said: str, place: str, environ: Mapping[str, str] | None) -> str:
        if not is_reference(said):
            hint = 'write "env:NAME" or "file:PATH" and keep it there'
            self.warnings.append(Problem(place=place, what="the secret itself stands in this file", hint=hint))
            self.secrets.add(said)
            return said
        if environ is None:
            return said
        try:
            secret = resolve(said, self.path, environ)
        except ValueError as error:
            raise Misfit(Problem(place=place, what=str(error), hint=f"it is named by {said!r}")) from error
        if is_exposed(said, self.path):
            hint = f"chmod 600 {said.removeprefix('file:')}"
            self.warnings.append(Problem(place=place, what="others can read the secret's file", hint=hint))
        self.secrets.add(secret)
        return secret

    def distinct(self, names: Sequence[str], key: str) -> None:
        """Note each name that is there already; case does not count."""
        seen: set[str] = set()
        for number, name in enumerate(names, 1):
            if name.casefold() in seen:
                hint = f'give each {key} a name of its own: name = "…"'
                self.problems.append(Problem(place=f"{key}[{number}].name", what=f"a second {name!r}", hint=hint))
            seen.add(name.casefold())

    def tables(self, tables: Table, key: str) -> Iterator[tuple[str, Table]]:
        """Each table called `key`, with its place; the first is number 1."""
        said = tables.get(key, [])
        if not isinstance(said, list) or not all(isinstance(table, dict) for table in said):
            hint = f"write [[{key}]], with two brackets, on a line of its own"
            self.problems.append(Problem(place=key, what="expected a list of tables", hint=hint))
            return
        for number, table in enumerate(said, 1):
            yield f"{key}[{number}]", table


def name(table: Table, place: str, default: object) -> str:
    """A table's name, which is never empty."""
    said = str(convert(table.get("name", default), str, f"{place}.name"))
    if not said.strip():
        raise Misfit(Problem(place=f"{place}.name", what="empty", hint="write what people call it"))
    return said
