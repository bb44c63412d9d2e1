"""How the shipped weights were made. Nothing here is needed to judge; most of it needs `pip install 'oido[train]'`."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told which step is at work, how many texts it has seen, and of how many."""
