"""Radiotap and IEEE 802.11 data frames, field by field.

Sources: https://www.radiotap.org/fields/defined, IEEE 802.11-2020 clause 9.2.

Traps: radiotap aligns each field to its own size from the start of its header, and which fields there are is told by
presence words, of which there may be several. Only the fields of the first are read by name; what is left is shown as
bytes.
"""

from __future__ import annotations

from ladderview.proto.fields import FieldReader, Words, byte_count, hexadecimal, named, set_or_not
from ladderview.proto.link import mac
from ladderview.proto.names import WLAN_DATA_SUBTYPES, WLAN_TYPES
from ladderview.proto.reading import Heading, Place


def _signed(unit: str) -> Words:
    return lambda value: f"{value - 256 if value > 127 else value} {unit}"


#: Presence bit: (name, size, alignment, words), from bit 0 up to the first that is not read by name.
_RADIOTAP: tuple[tuple[str, int, int, Words], ...] = (
    ("TSFT", 8, 8, lambda value: f"{value} µs"),
    ("Flags", 1, 1, hexadecimal(2)),
    ("Rate", 1, 1, lambda value: f"{value / 2:.1f} Mb/s"),
    ("Channel frequency", 2, 2, lambda value: f"{value} MHz"),
    ("FHSS", 2, 2, hexadecimal(4)),
    ("Antenna signal", 1, 1, _signed("dBm")),
    ("Antenna noise", 1, 1, _signed("dBm")),
    ("Lock quality", 2, 2, str),
    ("TX attenuation", 2, 2, str),
    ("dB TX attenuation", 2, 2, str),
    ("dBm TX power", 1, 1, _signed("dBm")),
    ("Antenna", 1, 1, str),
    ("dB antenna signal", 1, 1, lambda value: f"{value} dB"),
    ("dB antenna noise", 1, 1, lambda value: f"{value} dB"),
    ("RX flags", 2, 2, hexadecimal(4)),
)

_CHANNEL = 3
_MORE_PRESENT = 1 << 31


def read_radiotap(r: FieldReader, place: Place) -> Heading:
    """Version, length, presence words, and the fields that they announce."""
    start = r.at
    r.u8("Header revision")
    r.u8("Header pad")
    length = r.little("Header length", 2)
    present = words = r.little("Present flags", 4, hexadecimal(8))
    while words & _MORE_PRESENT:
        words = r.little("Present flags", 4, hexadecimal(8))
    for bit, (name, size, alignment, text) in enumerate(_RADIOTAP):
        if present >> bit & 1:
            r.raw("Padding", -(r.at - start) % alignment)
            r.little(name, size, text)
            if bit == _CHANNEL:
                r.little("Channel flags", 2, hexadecimal(4))
    r.raw("Other fields", r.left)
    return Heading("Radiotap", byte_count(length))


#: The flags of the frame control field, least significant bit first (IEEE 802.11-2020 clause 9.2.4.1.1).
_FLAGS = (
    "To DS",
    "From DS",
    "More Fragments",
    "Retry",
    "Power Management",
    "More Data",
    "Protected Frame",
    "+HTC/Order",
)


def read_80211(r: FieldReader, place: Place) -> Heading:
    """Clause 9.3.2: a data frame; of others the frame control, the rest as bytes."""
    start = r.at
    with r.group("Frame Control") as group:
        control = int.from_bytes(r.peek(2), "little")
        subtype = r.bits("Subtype", 4, named(WLAN_DATA_SUBTYPES) if control >> 2 & 3 == 2 else str)
        kind = r.bits("Type", 2, named(WLAN_TYPES))
        r.bits("Version", 2)
        for name in reversed(_FLAGS):
            r.bits(name, 1, set_or_not)
        group.value, group.text = control, f"0x{int.from_bytes(r.data[start : start + 2], 'big'):04x}"
    r.little("Duration", 2, lambda value: f"{value} microseconds")
    receiver = mac(r, "Receiver address")
    if kind != 2:
        r.raw("Frame body", r.left)
        return Heading("IEEE 802.11", WLAN_TYPES[kind])
    transmitter = mac(r, "Transmitter address")
    mac(r, "Address 3")
    with r.group("Sequence Control") as group:
        sequence = r.little(
            "Sequence and fragment number", 2, lambda value: f"sequence {value >> 4}, fragment {value & 15}"
        )
        group.text = str(sequence >> 4)
    if control & 0x0300 == 0x0300:
        mac(r, "Address 4")
    if subtype & 8 and r.left >= 2:
        r.little("QoS Control", 2, hexadecimal(4))
        if control & 0x8000 and r.left >= 4:
            r.little("HT Control", 4, hexadecimal(8))
    r.raw("Padding", -(r.at - start) % 4 if r.left else 0)
    name = WLAN_DATA_SUBTYPES.get(subtype, WLAN_TYPES[kind])
    return Heading("IEEE 802.11", f"{name}, {transmitter} → {receiver}")
