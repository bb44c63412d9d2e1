"""The two threads that may block: one owns the store's connection, one holds the models."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Worker:
    """A thread that calls functions one after another, while the event loop goes on."""

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._asked = 0

    async def __call__(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `function` to its end, even when the caller is cancelled meanwhile: no transaction is left alone."""
        self._asked += 1
        future = self._executor.submit(function, *args, **kwargs)
        wrapped = asyncio.wrap_future(future)
        # On the loop's thread, as the counting up.
        wrapped.add_done_callback(self._answered)
        try:
            return await asyncio.shield(wrapped)
        except asyncio.CancelledError:
            await asyncio.wait([wrapped])
            raise

    @property
    def waiting(self) -> int:
        """How many calls wait behind the one that runs."""
        return max(0, self._asked - 1)

    def _answered(self, _: asyncio.Future[Any]) -> None:
        self._asked -= 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._executor.shutdown(wait=True)
