"""An answer's body, unpacked while it arrives and never further than a cap: a bomb is noticed before it goes off."""

import zlib
from collections.abc import AsyncIterator, Callable

from ..errors import Malformed, Unavailable

ACCEPTED = "gzip, deflate"
"""What we say we can unpack, as `Accept-Encoding`."""
_GZIP = zlib.MAX_WBITS | 16


async def inflate(chunks: AsyncIterator[bytes], encoding: str, cap: int, where: str) -> bytes:
    """The whole body. `Malformed` when it is larger than `cap` bytes or packed in a way that we did not offer;
    `Unavailable` when it breaks off, which aiohttp does not notice in gzip."""
    packing = encoding.strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise Malformed(f"{where}: packed as {packing[:40]}, which we did not ask for")
    unpack = Unpacker(packing) if packing not in ("", "identity") else None
    parts: list[bytes] = []
    room = cap
    async for chunk in chunks:
        part = _unpacked(unpack.feed, chunk, room + 1, where) if unpack else chunk
        room -= len(part)
        if room < 0:
            raise Malformed(f"{where}: larger than {cap:,} bytes")
        parts.append(part)
    if unpack and not unpack.is_whole:
        raise Unavailable(f"{where}: broke off in the middle")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _unpacked(feed: Callable[[bytes, int], bytes], chunk: bytes, most: int, where: str) -> bytes:
    try:
        return feed(chunk, most)
    except zlib.error as error:
        raise Unavailable(f"{where}: arrived damaged ({error})") from error


class Unpacker:
    """Unpacks gzip (of several members too) and deflate (with zlib's header, as the standard says, or without)."""

    def __init__(self, packing: str) -> None:
        self._gzip = packing != "deflate"
        self._stream = zlib.decompressobj(_GZIP) if self._gzip else None
        self._untouched = True

    @property
    def is_whole(self) -> bool:
        """Whether the stream came to its end, or never began."""
        return self._stream is None or self._stream.eof or self._untouched

    def feed(self, chunk: bytes, most: int) -> bytes:
        """What `chunk` unpacks to, but no more than `most` bytes: the caller gives up when it gets as many."""
        if self._untouched and chunk:
            self._untouched = False
            if self._stream is None:
                self._stream = zlib.decompressobj(zlib.MAX_WBITS if chunk[0] & 0x0F == 8 else -zlib.MAX_WBITS)
        if self._stream is None:
            return b""
        if self._stream.eof:
            return self._next_member(chunk, most)
        part = self._stream.decompress(chunk, most)
        if self._stream.eof and self._stream.unused_data and len(part) < most:
            part += self._next_member(self._stream.unused_data, most - len(part))
        return part

    def _next_member(self, chunk: bytes, most: int) -> bytes:
        # Behind the end some servers pad with zeros; only what begins as gzip is another member.
        if not self._gzip or not chunk.startswith(b"\x1f\x8b"):
            return b""
        self._stream = zlib.decompressobj(_GZIP)
        return self.feed(chunk, most)
