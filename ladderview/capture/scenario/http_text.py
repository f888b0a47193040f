"""Which bytes are an HTTP request and a response? RFC 9112, with the fields that a message cannot do without.

What a scenario writes itself is not changed; Host, Content-Type and Content-Length are added where they are needed and
not given.
"""

from __future__ import annotations

from ladderview.capture.scenario.words import Request, Response

#: Responses that have no content, whatever is said (RFC 9110 section 6.4.1).
_NO_CONTENT = (204, 304)


def request_bytes(request: Request, host: str) -> bytes:
    """The message of a request to this host."""
    added = []
    if not _has(request.fields, "Host") and (host or request.version == "HTTP/1.1"):
        added.append(("Host", host))
    fields = [*added, *request.fields]
    if request.content and not _is_framed(request.fields):
        fields += [("Content-Length", str(len(request.content)))]
    return _message(f"{request.method} {request.target} {request.version}", fields, request.content)


def response_bytes(response: Response) -> bytes:
    """The message of a response."""
    content = response.content or b""
    fields = list(response.fields)
    if response.status >= 200 and response.status not in _NO_CONTENT:
        if content and not _has(response.fields, "Content-Type"):
            fields.append(("Content-Type", "text/plain"))
        if not _is_framed(response.fields):
            fields.append(("Content-Length", str(len(content))))
    return _message(f"{response.version} {response.status} {response.reason}", fields, content)


def _has(fields: tuple[tuple[str, str], ...], name: str) -> bool:
    return any(field.lower() == name.lower() for field, _ in fields)


def _is_framed(fields: tuple[tuple[str, str], ...]) -> bool:
    """Whether the fields say where the content ends."""
    return _has(fields, "Content-Length") or _has(fields, "Transfer-Encoding")


def _message(start: str, fields: list[tuple[str, str]], content: bytes) -> bytes:
    lines = [start, *(f"{name}: {value}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode("utf-8", "replace") + content
