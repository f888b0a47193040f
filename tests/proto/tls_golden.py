"""What every sample is read as, written out; tls_fields.txt holds what it should be, ``written()`` renews it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ladderview.proto.fields import Field
from ladderview.proto.tls_handshake import read_handshake
from tests.proto.listing import lines
from tests.proto.tls_samples import EXTENSIONS, MESSAGES, SSL_2, Sample

EXPECTED = Path(__file__).with_name("tls_fields.txt")


def message_block(sample: Sample) -> list[str]:
    """Name, summary and error of a message, then its fields behind type and length."""
    message = read_handshake(sample.octets, 0, sample.version, sample.suite)
    head = 1 if sample.version == SSL_2 else 2
    return [f"{message.name} | {message.summary} | {message.error}", *lines(message.fields[head:])]


def extension_block(sample: Sample) -> list[str]:
    """The fields of the one extension of a message."""
    message = read_handshake(sample.octets, 0, sample.version, sample.suite)
    return list(lines(field for field in message.fields if _is_extension(field)))


def _is_extension(field: Field) -> bool:
    return field.name == "Extension"


@cache
def blocks() -> dict[str, list[str]]:
    """What is read, by the title of the block."""
    messages = {f"message: {sample.label}": message_block(sample) for sample in MESSAGES}
    return messages | {f"extension: {sample.label}": extension_block(sample) for sample in EXTENSIONS}


def written() -> str:
    """All blocks as text."""
    return "\n".join("\n".join([f"== {title}", *block]) for title, block in blocks().items()) + "\n"


@cache
def expected() -> dict[str, list[str]]:
    """What should be read, by the title of the block."""
    found: dict[str, list[str]] = {}
    for line in EXPECTED.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            block = found.setdefault(line[3:], [])
        else:
            block.append(line)
    return found
