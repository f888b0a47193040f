"""What the inspector and ``show`` ask about one segment; each question is answered in a module of its own.

- ``seq_ack_math``: how its numbers come about (``arithmetic``);
- ``verdict_sentences``: why it has its verdicts, with the packets they are concluded from (``sentences``);
- ``why``: what such a segment is for and what happens next (``reasons``);
- ``tcp_fields``: what is known about the fields of its header that is not in the packet (``tcp_notes``).
"""

from __future__ import annotations

from ladderview.analysis.arithmetic import MathLine, seq_ack_math
from ladderview.analysis.reasons import why
from ladderview.analysis.sentences import verdict_sentences
from ladderview.analysis.tcp_notes import tcp_fields

__all__ = ["MathLine", "seq_ack_math", "tcp_fields", "verdict_sentences", "why"]
