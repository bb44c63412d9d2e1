import io
from datetime import UTC

import pytest

from monitor.alerting.console import Console
from monitor.errors import Undelivered
from monitor.words import SPANISH
from tests.fakes import HandClock
from tests.monitor.alerting.tickets import ticket


def console(stream=None):
    return Console(name="console", words=SPANISH, zone=UTC, clock=HandClock(), stream=stream)


async def test_an_alert_is_shown_under_its_title(capsys):
    await console().send(ticket(17))
    shown = capsys.readouterr().out
    assert shown.startswith("● P2 · Acme · negativa 80 % · Mastodon · #17\n  ana · seguidores: desconocido\n")
    assert shown.endswith("\n\n")


async def test_a_test_says_hello(capsys):
    await console().send_test()
    assert SPANISH.hello in capsys.readouterr().out


async def test_a_terminal_without_accents_shows_what_it_can():
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    await console(terminal).send_test()
    assert b"?O?do!" in terminal.buffer.getvalue()


async def test_a_closed_terminal_is_tried_again():
    stream = io.StringIO()
    stream.close()
    with pytest.raises(Undelivered):
        await console(stream).send(ticket())
