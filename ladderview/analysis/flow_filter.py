"""Which flows does the filter box mean? Plain words and ``field:value``, all of which must hold.

The grammar, for people who will not read it:

    example.org retrans        both words, anywhere: names, addresses, ports, outcome, problems
    "reset by server"          words that belong together
    port:443  host:10.0.0.7    either side, names and addresses; also client: server: outcome: problem:
    protocol:h2                as its column has it
    packets:>100  sent:<10k    compare; 100-200 is a range; k, M, G and s, ms, us, min are understood
    -port:22                   not

Traps: a person types this letter by letter. What is not finished (``port:``, ``packets:>``) must filter nothing
rather than everything, and what cannot be understood is said in ``Filter.problem``, never raised.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ladderview.analysis.flow_columns import BY_KEY, BYTES, COLUMNS, TEXT, TIME, FlowColumns
from ladderview.analysis.query import BYTE_UNITS, COUNT_UNITS, TIME_UNITS, Mask, compare, terms
from ladderview.analysis.verdicts import PROBLEM_WORDS


@dataclass(frozen=True, slots=True)
class Filter:
    """What a filter text means for these flows.

    Attributes:
        mask: bool, one a flow: shown or not. All True for a text that says nothing.
        problem: what in the text cannot be understood, for a person; or the empty string.
    """

    mask: Mask
    problem: str = ""


def filter_flows(flows: FlowColumns, text: str) -> Filter:
    """The flows that a filter text means."""
    mask = np.ones(len(flows), np.bool_)
    problem = ""
    for asked in terms(text):
        try:
            term = _term_mask(flows, asked.field, asked.word)
        except ValueError as error:
            problem = problem or str(error)
            continue
        if term is not None:
            mask &= ~term if asked.negated else term
    return Filter(mask, problem)


def _term_mask(flows: FlowColumns, field: str | None, word: str) -> Mask | None:
    """The flows for one term, or None where it is not finished. ValueError with a sentence where it means nothing."""
    if field is None:
        return _anywhere(flows, word)
    reader = _FIELDS.get(field.lower())
    if reader is None:
        # "12:34" or "fe80::1" is an address being typed, not a field.
        if re.fullmatch(r"[0-9a-f:.]*", f"{field.lower()}{word}"):
            return _anywhere(flows, f"{field}:{word}".lower())
        raise ValueError(f"“{field}:” is not a field. Fields: {', '.join(FIELD_NAMES)}")
    return reader(flows, word)


def _search(texts: list[str], word: str) -> Mask:
    return np.fromiter((word in text for text in texts), np.bool_, len(texts))


def _anywhere(flows: FlowColumns, word: str) -> Mask:
    return _ends(flows, word) | _search(flows.outcome, word) | _problem(flows, word)


def _problem(flows: FlowColumns, word: str) -> Mask:
    """Flows with a problem whose wording contains the word; ``any`` and ``none`` ask for the total."""
    if word in ("any", "yes"):
        return np.greater(flows.problem_total, 0)
    if word in ("none", "no"):
        return np.equal(flows.problem_total, 0)
    found = np.zeros(len(flows), np.bool_)
    for verdict, words in PROBLEM_WORDS.items():
        if flows.problems and verdict in flows.problems and any(word in wording.lower() for wording in words):
            found |= flows.problems[verdict] > 0
    return found


def _ends(flows: FlowColumns, word: str) -> Mask:
    return _client(flows, word) | _server(flows, word)


def _client(flows: FlowColumns, word: str) -> Mask:
    return _search(flows.client_text, word)


def _server(flows: FlowColumns, word: str) -> Mask:
    return _search(flows.server_text, word)


def _outcome(flows: FlowColumns, word: str) -> Mask:
    return _search(flows.outcome, word)


def _protocol(flows: FlowColumns, word: str) -> Mask | None:
    """Flows that speak it, or nothing while the protocols are not known yet."""
    return _search([words.lower() for words in flows.said.protocol], word) if flows.said and word else None


def _port(flows: FlowColumns, word: str) -> Mask | None:
    """A port of either side. Ports are compared as numbers: 80 is not 8080."""
    masks = [compare(column, word, COUNT_UNITS) for column in flows.ports]
    return None if masks[0] is None or masks[1] is None else masks[0] | masks[1]


def _number_field(key: str) -> Callable[[FlowColumns, str], Mask | None]:
    column = BY_KEY[key]
    units = {BYTES: BYTE_UNITS, TIME: TIME_UNITS}.get(column.unit, COUNT_UNITS)
    return lambda flows, word: compare(column.sort_key(flows), word, units)


def _total_bytes(flows: FlowColumns, word: str) -> Mask | None:
    return compare(flows.client_bytes + flows.server_bytes, word, BYTE_UNITS)


_FIELDS: dict[str, Callable[[FlowColumns, str], Mask | None]] = {
    "host": _ends,
    "port": _port,
    "client": _client,
    "server": _server,
    "protocol": _protocol,
    "outcome": _outcome,
    "problem": _problem,
    "problems": _problem,
    "bytes": _total_bytes,
    **{column.key: _number_field(column.key) for column in COLUMNS if column.unit != TEXT},
}

#: The fields in the order in which the hint names them.
FIELD_NAMES: tuple[str, ...] = tuple(name for name in _FIELDS if name != "problems")
