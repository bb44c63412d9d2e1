"""How each connector is tried with one answer: a module per network, named after it, with `play`."""

from connectors.base import Connector
from tests.fakes_http import FakeHttp

Play = tuple[Connector, FakeHttp]
