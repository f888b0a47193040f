"""What is shown of a message's content while something is masked?

Bodies are masked as a whole. Where they may be seen, what they say goes through the masker line by line; their bytes
are hidden either way, so there are as many, all of them 0.
"""

from __future__ import annotations

from dataclasses import replace

from ladderview.analysis.masking import MASKED, Masker
from ladderview.analysis.message_content import MessageContent
from ladderview.proto.content import Content, Kind


def masked_content(found: MessageContent, masker: Masker) -> MessageContent:
    """The content as it may be shown."""
    if not masker.kinds:
        return found
    content, text = found.content, masker.text
    if "bodies" in masker.kinds:
        shown = Content(Kind.TEXT, content.media_type, MASKED)
    else:
        pairs = (
            replace(pair, name=text(pair.name), value=text(pair.value), file_name=text(pair.file_name))
            for pair in content.pairs
        )
        lines = "\n".join(map(text, content.text.split("\n")))
        shown = replace(content, text=lines, pairs=tuple(pairs), notes=tuple(map(text, content.notes)))
    return replace(found, octets=bytes(len(found.octets)), content=shown, notes=tuple(map(text, found.notes)))
