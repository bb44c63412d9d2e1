"""The only door to Zstandard (RFC 8878): the dictionary that frames were packed with, which unpacks them.

Python has had it since 3.14; `backports.zstd` is the same for those before.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from ..errors import Malformed

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAGIC = b"\x37\xa4\x30\xec"
LARGEST = 1_000_000
"""Bytes of a dictionary; those of the network have some 100,000."""
CAP = 2_000_000
"""Bytes of one frame, unpacked: twice what the network lets a record have. A hundred of them are one page."""
_LIMITS: Mapping[int, int] = {zstd.DecompressionParameter.window_log_max: 23}
"""8 MB of memory for a frame's window: what the RFC asks of every decoder, and all that it asks."""


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary:
    """Words that packer and unpacker know beforehand. Frames name the `id` of theirs; `digest` is for the log."""

    id: int
    digest: str
    words: zstd.ZstdDict

    def unpack(self, frame: bytes) -> bytes:
        """What was packed into the one frame; `Malformed` when it is none or several, unpacks to more than `CAP`
        bytes, whatever it claims, or was packed with another dictionary."""
        unpacker = zstd.ZstdDecompressor(self.words, _LIMITS)
        try:
            message = unpacker.decompress(frame, CAP + 1)
        except zstd.ZstdError as error:
            raise Malformed(self._mismatch(frame) or f"a packed message is damaged ({error})", frame) from error
        if len(message) > CAP:
            raise Malformed(f"a packed message unpacks to more than {CAP:,} bytes", frame)
        if not unpacker.eof or unpacker.unused_data:
            raise Malformed("a packed message is not one whole frame", frame)
        return message

    def _mismatch(self, frame: bytes) -> str:
        try:
            other = zstd.get_frame_info(frame).dictionary_id
        except zstd.ZstdError:
            return ""
        # 0 is said by a frame that names none.
        return (
            f"messages are packed with dictionary {other}, and ours is {self.id}" if other not in (0, self.id) else ""
        )


def dictionary(content: bytes, where: str) -> Dictionary:
    """The dictionary whose bytes were found at `where`; `Malformed` when they are none."""
    if not content.startswith(MAGIC):
        raise Malformed(f"{where}: no Zstandard dictionary", content)
    if len(content) > LARGEST:
        raise Malformed(f"{where}: larger than {LARGEST:,} bytes, too large for a dictionary")
    try:
        words = zstd.ZstdDict(content)
        # Its tables are looked at when the first unpacker is made.
        zstd.ZstdDecompressor(words)
    except (zstd.ZstdError, ValueError) as error:
        raise Malformed(f"{where}: a damaged dictionary ({error})", content) from error
    return Dictionary(id=words.dict_id, digest=sha256(content).hexdigest(), words=words)
