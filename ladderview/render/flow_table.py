"""The table of flows for a terminal and for a program: what ``ladderview flows`` prints.

The words and the numbers are those of the flow list in the window (``analysis.flow_columns``).
"""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import combining, east_asian_width

from ladderview.analysis.flow_columns import BY_KEY, TEXT, Column, FlowColumns
from ladderview.analysis.verdicts import PROBLEM_WORDS
from ladderview.capture.flows import ClientKnownBy

#: The columns of the text table, by their keys in ``flow_columns.COLUMNS``, in reading order.
TEXT_COLUMNS = (
    "flow", "client", "server", "host", "protocol", "packets", "sent", "received", "start", "duration", "rtt",
    "outcome", "problem",
)  # fmt: skip


def text_lines(flows: FlowColumns) -> Iterator[str]:
    """A header line and one line a flow, columns two blanks apart; nothing where there are no flows."""
    if len(flows):
        columns = [_padded(BY_KEY[key], flows) for key in TEXT_COLUMNS]
        yield from ("  ".join(cells).rstrip() for cells in zip(*columns, strict=True))


def _padded(column: Column, flows: FlowColumns) -> list[str]:
    """The title and the cells of a column, all of one width: texts flush left, numbers flush right."""
    texts = [column.title, *(column.text(flows, flow_id) for flow_id in range(len(flows)))]
    used = [_cells(text) for text in texts]
    width = max(used)
    if column.unit == TEXT:
        return [text + " " * (width - cells) for text, cells in zip(texts, used, strict=True)]
    return [" " * (width - cells) + text for text, cells in zip(texts, used, strict=True)]


def _cells(text: str) -> int:
    """Terminal cells of a text: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def json_rows(flows: FlowColumns) -> list[dict[str, object]]:
    """One object a flow. Bytes are payload bytes, times seconds; what is not known is absent.

    ``problems`` counts each verdict under its name in ``tcp.analysis.*`` (and ``reset``); ``client_known_by`` is
    the evidence for which end is the client.
    """
    return [_json_row(flows, flow_id) for flow_id in range(len(flows))]


def _json_row(flows: FlowColumns, flow_id: int) -> dict[str, object]:
    table = flows.table
    row: dict[str, object] = {
        "flow": flow_id,
        "client": str(flows.client_of(flow_id)),
        "server": str(flows.server_of(flow_id)),
        "client_known_by": ClientKnownBy(int(table.client_known_by[flow_id])).name.lower(),
        "packets": int(table.packets[flow_id]),
        "client_bytes": int(table.client_bytes[flow_id]),
        "server_bytes": int(table.server_bytes[flow_id]),
        "start": int(table.start_ns[flow_id]) / 1e9,
        "duration": int(flows.duration_ns[flow_id]) / 1e9,
        "outcome": flows.outcome[flow_id],
        "problems": _problem_counts(flows, flow_id),
    }
    if host := flows.host_of(flow_id):
        row["host"] = host
    if protocol := flows.protocol_of(flow_id):
        row["protocol"] = protocol
    if flows.handshake_rtt_ns[flow_id] >= 0:
        row["handshake_rtt"] = int(flows.handshake_rtt_ns[flow_id]) / 1e9
    return row


def _problem_counts(flows: FlowColumns, flow_id: int) -> dict[str, int]:
    counts = flows.problems or {}
    return {
        verdict.name.lower(): int(counts[verdict][flow_id])
        for verdict in PROBLEM_WORDS
        if verdict.name is not None and verdict in counts and counts[verdict][flow_id]
    }
