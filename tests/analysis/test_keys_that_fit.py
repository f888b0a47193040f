"""Whether a log of secrets is told to belong to no flow: only where that is certain."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from ladderview.analysis.keys import keys_of
from ladderview.analysis.keys_that_fit import no_secret_fits
from ladderview.capture.capture import open_capture
from ladderview.proto.keylog import KeyLog
from tests.analysis.spoken import segments_of, write
from tests.proto.tls_wire import client_hello, record

CAPTURES = Path(__file__).parent.parent / "captures"
STRANGER = KeyLog.parse(b"CLIENT_RANDOM " + b"ee" * 32 + b" " + b"22" * 48)
SESSION = KeyLog.parse(b"RSA Session-ID:" + b"ee" * 32 + b" Master-Key:" + b"22" * 48)
HELLO, GET = record(22, client_hello()), b"GET / HTTP/1.1\r\n\r\n"
CONNECT, STARTTLS = b"CONNECT a:443 HTTP/1.1\r\n\r\n", b"STARTTLS\r\n"


@pytest.mark.parametrize(
    ("keylog", "said", "fits_none"),
    [
        (STRANGER, [HELLO], True),
        (STRANGER, [GET, HELLO], True),
        (STRANGER, [GET], False),  # nothing to open
        (STRANGER, [HELLO, CONNECT], False),  # a hello may follow
        (STRANGER, [HELLO, STARTTLS], False),
        (KeyLog(), [HELLO], False),
        (SESSION, [HELLO], False),  # it stands beside no random
    ],
)
def test_a_log_of_strangers(tmp_path: Path, keylog: KeyLog, said: list[bytes], fits_none: bool) -> None:
    flows = [segments_of([("c", octets)]) for octets in said]
    with closing(open_capture(write(tmp_path / "said.pcap", flows))) as capture:
        assert no_secret_fits(capture, keylog) is fits_none


def test_one_secret_that_fits_is_enough() -> None:
    with closing(open_capture(CAPTURES / "h2-streams.pcapng")) as capture:
        assert not no_secret_fits(capture, keys_of(capture, environment={}).keylog.merge(STRANGER))
        assert no_secret_fits(capture, STRANGER)
