"""Which header fields do the header blocks of one direction of an HTTP/2 connection hold? (RFC 7541, HPACK)

Plan: a block is cut into representations (section 6), and each goes to the decoder of ``hpack``, which keeps the
dynamic table. So each field knows its bytes, a block over several frames gives its fields frame by frame, as Wireshark
shows them, and one field that cannot be read does not take the others with it.

Traps: a representation may point to an entry of the dynamic table that was set in bytes that are not in the capture.
Numbers count from the newest entry, so entries set since then stay right; what stands behind them is said to be
unknown, never guessed. Where bytes are lost in the middle, entries may have been set in them: all older ones become
unknown. One byte may stand for 4 KB: what a block may expand to is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hpack import Decoder, HPACKError, InvalidTableIndex
from hpack.hpack import decode_integer

from ladderview.proto.fields import Span
from ladderview.proto.http1_head import text_of
from ladderview.proto.http_message import HeaderField

#: Bytes that the fields of one block may have, 32 counted for each as in section 4.1.
MAX_LIST = 1 << 18
#: Bytes that one block may have.
MAX_BLOCK = 1 << 20
#: The dynamic table that an encoder may ask for; section 4.2 leaves that to the decoder's settings.
MAX_TABLE = 1 << 20

UNKNOWN_NAME = "(unknown)"

_UNKNOWN = UNKNOWN_NAME.encode()
_STATIC_ENTRIES = 61
_OVERHEAD = 32


@dataclass(frozen=True, slots=True)
class HeaderPart:
    """What a frame adds to a header block.

    Attributes:
        fields: those that end in this frame.
        notes: violations, and what had to be left out.
        error: why the rest of the block cannot be read, or "".
    """

    fields: tuple[HeaderField, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""


@dataclass(slots=True)
class _Block:
    """A block that is being read."""

    rest: bytearray = field(default_factory=bytearray)  # a representation that is not complete
    rest_at: int = 0  # where it begins in the stream
    wanted: int = 0  # how long it is at least
    listed: int = 0  # bytes of its fields so far
    size: int = 0
    fields: int = 0
    error: str = ""


class HeaderDecoder:
    """The dynamic table of one direction, and the block that is open."""

    __slots__ = ("_block", "_decoder", "_whole")

    def __init__(self) -> None:
        self._decoder = Decoder(max_header_list_size=MAX_LIST)
        self._decoder.max_allowed_table_size = MAX_TABLE
        self._block: _Block | None = None
        self._whole = True  # whether every block of the direction was read

    @property
    def is_open(self) -> bool:
        """Whether a block has begun and not ended."""
        return self._block is not None

    def lost(self) -> None:
        """Bytes are missing that may have set entries: what the table holds is not known any more."""
        size = self._decoder.header_table.maxsize
        self._decoder.header_table.maxsize = 0
        self._decoder.header_table.maxsize = size
        self._whole = False
        self._block = None

    def feed(self, fragment: bytes, base: int, last: bool) -> HeaderPart:
        """Read a fragment of a block that begins at ``base`` of the stream; ``last`` where END_HEADERS is set."""
        block = self._block or _Block()
        self._block = block
        found: list[HeaderField] = []
        notes: list[str] = []
        if not block.error:
            self._read(block, fragment, base, found, notes)
            if last and block.rest and not block.error:
                self._fail(block, "the header block ends in the middle of a field")
        if last:
            self._block = None
        return HeaderPart(tuple(found), tuple(dict.fromkeys(notes)), block.error)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _fail(self, block: _Block, error: str) -> None:
        self.lost()
        self._block = block
        block.error, block.rest = error, bytearray()

    def _read(self, block: _Block, fragment: bytes, base: int, found: list[HeaderField], notes: list[str]) -> None:
        block.size += len(fragment)
        if block.size > MAX_BLOCK:
            self._fail(block, f"the header block has more than {MAX_BLOCK} bytes")
            return
        joint = len(block.rest)
        block.rest += fragment
        if len(block.rest) < block.wanted:
            return
        data, at = bytes(block.rest), 0
        while at < len(data) and not block.error:
            try:
                end = _end_of(data, at)
            except HPACKError as problem:
                self._fail(block, f"header compression: {problem}")
                return
            start = block.rest_at + at if at < joint else base + at - joint
            if end > len(data):
                block.rest_at, block.wanted = start, end - at
                break
            self._representation(block, data[at:end], Span(start, base + end - joint), found, notes)
            at = end
        del block.rest[:at]

    def _representation(
        self, block: _Block, octets: bytes, span: Span, found: list[HeaderField], notes: list[str]
    ) -> None:
        if octets[0] & 0xE0 == 0x20:
            self._resize(block, octets, notes)
            return
        full = block.listed > MAX_LIST
        if full and octets[0] & 0xC0 != 0x40:
            return
        indexed = octets[0] & 0x80
        try:
            if indexed:
                name, value = self._decoder.header_table.get_by_index(decode_integer(octets, 7)[0])
            else:
                name, value = next(iter(self._decoder.decode(octets, raw=True)))
        except InvalidTableIndex:
            name, value = self._unknown(block, octets, notes)
        except (HPACKError, IndexError, ValueError) as problem:
            self._fail(block, f"header compression: {problem}")
            return
        block.listed += len(name) + len(value) + _OVERHEAD
        block.fields += 1
        if not full and not block.error:
            found.append(HeaderField(text_of(bytes(name)), text_of(bytes(value)), span, span))
        if block.listed > MAX_LIST:
            notes.append(f"header fields behind the first {MAX_LIST} bytes are left out")

    def _resize(self, block: _Block, octets: bytes, notes: list[str]) -> None:
        """Section 6.3: the encoder changes the size of the table."""
        size, _ = decode_integer(octets, 5)
        if block.fields:
            notes.append("a table size update behind a header field")
        if size > MAX_TABLE:
            notes.append(f"a header table of {size} bytes; {MAX_TABLE} are kept")
        self._decoder.header_table.maxsize = min(size, MAX_TABLE)

    def _unknown(self, block: _Block, octets: bytes, notes: list[str]) -> tuple[bytes, bytes]:
        """A representation whose number the table does not have: what of it can be read."""
        prefix = 7 if octets[0] & 0x80 else 6 if octets[0] & 0x40 else 4
        index, used = decode_integer(octets, prefix)
        if self._whole or not index:
            why = f"index {index} is not in the header table"
        else:
            why = f"index {index} was set in a header block that was not captured"
        notes.append(why)
        if prefix == 7:
            return _UNKNOWN, why.encode()
        try:
            _, value = next(iter(self._decoder.decode(b"\x00\x01?" + octets[used:], raw=True)))
        except (HPACKError, IndexError, ValueError) as problem:
            self._fail(block, f"header compression: {problem}")
            return _UNKNOWN, b""
        if prefix == 6:
            self._decoder.header_table.add(_UNKNOWN, bytes(value))
        return _UNKNOWN, bytes(value)


def _end_of(data: bytes, at: int) -> int:
    """Where the representation at ``at`` ends; past the end of ``data`` where it is not complete."""
    first = data[at]
    if first & 0x80:
        return _integer(data, at, 7)[1]
    if first & 0xE0 == 0x20:
        return _integer(data, at, 5)[1]
    index, at = _integer(data, at, 6 if first & 0x40 else 4)
    for _ in range(1 if index else 2):
        if at >= len(data):
            return len(data) + 1
        length, at = _integer(data, at, 7)
        at += length
    return at


def _integer(data: bytes, at: int, prefix: int) -> tuple[int, int]:
    """A number of section 5.1 and where it ends; past the end of ``data`` where it is not complete."""
    limit = (1 << prefix) - 1
    if data[at] & limit < limit:
        return data[at] & limit, at + 1
    if not any(octet < 0x80 for octet in data[at + 1 : at + 6]) and len(data) < at + 6:
        return 0, len(data) + 1
    number, used = decode_integer(data[at : at + 6], prefix)
    return number, at + used
