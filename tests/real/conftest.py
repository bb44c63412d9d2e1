"""Peers that others wrote: tests skip where one is missing, unless OIDO_PEERS=required, as `.ci/peers` has it."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from connectors.wire.http import Client, Visit
from connectors.wire.session import Session

PEERS = os.environ.get("OIDO_PEERS", "")

if PEERS not in ("", "required"):
    raise pytest.UsageError(f"OIDO_PEERS={PEERS}: it is either 'required' or not set")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """What would be skipped fails instead, and says why."""
    report = yield
    if PEERS == "required" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = str(call.excinfo.value)
    return report


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """May ask whatever listens on this machine."""
    async with Session(contact="ana@example.org", allow=("127.0.0.1", "localhost")) as session:
        yield Client(session, now=lambda: datetime.now(UTC))


@pytest.fixture
def visit(client: Client) -> Visit:
    return client.visit(0.0, {})
