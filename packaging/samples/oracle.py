"""What does tshark see in a capture? The answer goes beside the captures, as what ladderview is held against.

For each TCP stream, in order: the version and the suite agreed, the types of the handshake messages and alerts of each
direction, HTTP requests and statuses. What tshark does not see or sees wrongly is seen so here too: look at it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

FIELDS = (
    "tcp.stream",
    "tcp.srcport",
    "tls.handshake.type",
    "tls.alert_message.desc",
    "http.request.method",
    "http.request.uri",
    "http.response.code",
    "http2.headers.method",
    "http2.headers.path",
    "http2.headers.status",
    "websocket.opcode",
    "tls.handshake.ciphersuite",
    "tls.handshake.extensions.supported_version",
    "tls.handshake.version",
)
SERVER_PORTS = ("80", "443")


def what_tshark_sees(path: Path) -> dict[str, Any]:
    """``version`` and ``suite`` (of the first server hello), and ``flows``."""
    keys = [path.with_suffix(".keys")] if path.with_suffix(".keys").exists() else []
    options = [word for key in keys for word in ("-o", f"tls.keylog_file:{key}")]
    if (key := path.with_suffix(".pem")).exists():
        options += ["-o", f'uat:rsa_keys:"{key}",""']
    command = ["tshark", "-n", "-r", str(path), "-Y", "tcp", "-T", "fields", "-E", "separator=/t", *options]
    for field in FIELDS:
        command += ["-e", field]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    flows: dict[str, dict[str, list[str]]] = {}
    seen: dict[str, Any] = {}
    for line in said.splitlines():
        cells = {field: cell.split(",") if cell else [] for field, cell in zip(FIELDS, line.split("\t"), strict=True)}
        flow = flows.setdefault(line.split("\t")[0], {})
        way = "<" if cells["tcp.srcport"][0] in SERVER_PORTS else ">"
        _see(flow, way, cells)
        if "2" in cells["tls.handshake.type"] and "suite" not in seen and way == "<":
            versions = cells["tls.handshake.extensions.supported_version"] or cells["tls.handshake.version"]
            seen = {"version": versions[0], "suite": cells["tls.handshake.ciphersuite"][0]}
    return {**seen, "flows": list(flows.values())}


def _see(flow: dict[str, list[str]], way: str, cells: dict[str, list[str]]) -> None:
    def note(name: str, words: list[str]) -> None:
        if words:
            flow.setdefault(name, []).extend(f"{way}{word}" for word in words)

    note("handshake", cells["tls.handshake.type"])
    note("alerts", cells["tls.alert_message.desc"])
    note("websocket", cells["websocket.opcode"])
    for kind, method, target, status in (
        ("http", "http.request.method", "http.request.uri", "http.response.code"),
        ("http2", "http2.headers.method", "http2.headers.path", "http2.headers.status"),
    ):
        requests = [f"{verb} {path}" for verb, path in zip(cells[method], cells[target], strict=True)]
        note(kind, requests)
        note(kind, cells[status])
