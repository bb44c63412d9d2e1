"""Nothing that a stranger writes leads us to an address inside the network."""

import ipaddress
import socket

import pytest

from connectors.errors import Refused
from connectors.wire.guard import Guard, is_public

INSIDE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "0.1.2.3", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255", "192.88.99.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1",
    "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:53aa:64c:0:0:f5ff:fffe", "100::1",
]  # fmt: skip
OUTSIDE = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_outside_is_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("allow", "host", "port", "address", "permitted"),
    [
        ("intranet", "intranet", 80, "10.0.0.1", True),
        ("intranet", "Intranet.", 80, "10.0.0.1", True),
        ("intranet:8080", "intranet", 8080, "10.0.0.1", True),
        ("intranet:8080", "intranet", 80, "10.0.0.1", False),
        ("intranet", "other", 80, "10.0.0.1", False),
        ("10.0.0.0/8", "other", 80, "10.9.9.9", True),
        ("10.0.0.0/8", "other", 80, "192.168.0.1", False),
        ("127.0.0.1", "127.0.0.1", 81, "127.0.0.1", True),
        ("127.0.0.1:80", "127.0.0.1", 80, "127.0.0.1", True),
        ("127.0.0.1:80", "127.0.0.1", 81, "127.0.0.1", False),
        ("[::1]:80", "::1", 80, "::1", True),
        ("::1", "localhost", 80, "::1", True),
    ],
)
def test_what_is_allowed_by_name_port_or_network(allow, host, port, address, permitted):
    assert Guard.allowing({allow}).permits(host, port, address) is permitted


def test_a_refusal_says_how_to_allow_it():
    with pytest.raises(Refused, match=r'add "10\.0\.0\.1:8080" to \[network\] allow'):
        Guard().check("http", "10.0.0.1", 8080)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
async def test_this_machine_is_refused_however_it_is_spelled(strict, host):
    async with strict(allow=()) as client:
        with pytest.raises(Refused):
            await client.visit(0.0, {}).get(f"http://{host}:9/")


async def test_a_name_is_judged_by_what_it_resolves_to(strict, monkeypatch):
    def rebound(host, port, *rest, **more):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    async with strict(allow=()) as client:
        with pytest.raises(Refused, match=r"metadata\.example"):
            await client.visit(0.0, {}).get("http://metadata.example/latest")


async def test_a_redirect_inwards_is_refused(site, strict):
    async with strict(allow=("127.0.0.1",)) as client:
        with pytest.raises(Refused, match=r"10\.0\.0\.1"):
            await client.visit(0.0, {}).get(site.put("/a", (302, {"Location": "http://10.0.0.1/admin"})))


async def test_a_redirect_to_a_file_is_refused(site, visit):
    with pytest.raises(Refused):
        await visit.get(site.put("/a", (302, {"Location": "file:///etc/passwd"})))


async def test_a_stream_inwards_is_refused(strict):
    async with strict(allow=()) as client:
        with pytest.raises(Refused):
            assert [m async for m in client.visit(0.0, {}).listen("ws://127.0.0.1:9/")] == []


async def test_a_stream_redirected_inwards_is_refused(site, strict):
    async with strict(allow=("127.0.0.1",)) as client:
        url = site.put("/live", (302, {"Location": "http://10.0.0.1/"}))
        with pytest.raises(Refused, match=r"10\.0\.0\.1"):
            assert [m async for m in client.visit(0.0, {}).listen(url)] == []
