"""Which addresses may be asked: the public web, and what the configuration allows by name.

An address comes from a configuration, a feed or a redirect, so it may try to reach what only this machine can: a
router, a cloud's metadata service, a neighbour in the rack. Names are judged by what they resolve to, on every hop.
"""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from ..errors import Refused

SCHEMES = frozenset({"http", "https", "ws", "wss"})

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ENCLOSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",  # protocol assignments
            "192.88.99.0/24",  # 6to4 relays (RFC 7526)
            "64:ff9b:1::/48",  # NAT64 within a network (RFC 8215)
            "2001::/23",  # protocol assignments, Teredo among them
            "fec0::/10",  # site-local (RFC 3879)
            "5f00::/16",  # segment routing (RFC 9602)
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Guard:
    """`hosts` are "host" or "host:port"; `networks` are addresses that may be asked although they are not public."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def allowing(cls, allow: Collection[str]) -> "Guard":
        """From what the configuration allows: hosts, hosts with a port, addresses and networks (10.0.0.0/8)."""
        networks = {entry: _network(entry) for entry in allow}
        return cls(
            frozenset(entry.lower().rstrip(".") for entry, network in networks.items() if network is None),
            tuple(network for network in networks.values() if network is not None),
        )

    @lru_cache(maxsize=4096)  # noqa: B019 - one guard lives as long as its daemon
    def check(self, scheme: str, host: str | None, port: int | None) -> None:
        """Before a name is resolved: `Refused` unless it is the web, and a literal address is a permitted one."""
        if scheme not in SCHEMES:
            raise Refused(f"{scheme or 'no scheme'}: only http and https addresses are read")
        if not host:
            raise Refused("the address names no host")
        address = _address(host)
        if address is not None and not self.permits(host, port, host):
            raise Refused(self.refusal(host, port))

    def permits(self, host: str, port: int | None, address: str) -> bool:
        """Whether `host`, found at `address`, may be asked."""
        host = host.lower().rstrip(".")
        if host in self.hosts or f"{host}:{port}" in self.hosts or f"[{host}]:{port}" in self.hosts:
            return True
        found = _address(address)
        return found is not None and (is_public(found) or any(found in network for network in self.networks))

    def refusal(self, host: str, port: int | None) -> str:
        """What to tell a person whose source points inwards."""
        name = f"{host}:{port}" if port else host
        return f'{host}: not an address on the public internet; if you trust it, add "{name}" to [network] allow'


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether anybody on the internet could reach this address: IPv4 inside IPv6 is judged by the IPv4 address."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.scope_id or address.is_site_local:
            return False
    if address.is_multicast or address.is_reserved or address.is_unspecified or not address.is_global:
        return False
    return not any(address in network for network in _ENCLOSED)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None


def _network(entry: str) -> IPv4Network | IPv6Network | None:
    try:
        return ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return None
