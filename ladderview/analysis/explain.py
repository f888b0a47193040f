"""What the inspector and ``show`` ask about one segment; each question is answered in a module of its own.

- ``seq_ack_math``: how its numbers come about (``arithmetic``);
- ``verdict_sentences``: why it has its verdicts, with the packets they are concluded from (``sentences``);
- ``why``: what such a segment is for and what happens next (``reasons``).
"""

from __future__ import annotations

from ladderview.analysis.arithmetic import MathLine, seq_ack_math
from ladderview.analysis.reasons import why
from ladderview.analysis.sentences import verdict_sentences

__all__ = ["MathLine", "seq_ack_math", "verdict_sentences", "why"]
