"""What does a certificate say? (RFC 5280)

Plan: ``der`` finds where each part lies, ``cryptography`` says what it means. A part that ``cryptography`` does not
understand, or of a certificate that it refuses as a whole, is shown as bytes with the reason.

Traps: ``cryptography`` reads lazily and may refuse at any question, so each is asked by itself. Whether a certificate
is to be trusted is not judged here: a capture tells neither which roots were trusted nor which names were meant.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509 import ocsp

from ladderview.proto.certificate_words import algorithm_name, extension_name, extension_text, name_words
from ladderview.proto.der import SEQUENCE, Element, elements, identifier
from ladderview.proto.fields import FieldReader, byte_count
from ladderview.proto.tls_vector import octets, printable, safe_text

T = TypeVar("T")

#: Longest certificate that is read, and extensions of one that are listed; what has more is made to be slow.
MAX_SIZE = 1 << 17
MAX_LISTED = 100


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is told of a certificate in a line, a column or a tooltip; empty where it cannot be read.

    Attributes:
        subject: distinguished name (RFC 4514).
        issuer: the same.
        common_name: of the subject.
        names: DNS names and addresses of the Subject Alternative Name.
        not_before: begin of the validity, UTC.
        not_after: its end.
        key: kind and size of the public key ("RSA 2048 bits").
        sha256: fingerprint, hexadecimal.
        error: why it cannot be read, or the empty string.
    """

    subject: str = ""
    issuer: str = ""
    common_name: str = ""
    names: tuple[str, ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    key: str = ""
    sha256: str = ""
    error: str = ""

    @property
    def title(self) -> str:
        """The name that people know it by."""
        return self.common_name or (self.names[0] if self.names else self.subject)


def read_certificate(der: bytes) -> Certificate:
    """The facts of one certificate; never raises."""
    return _facts(der, *_load(der))


def _facts(der: bytes, loaded: x509.Certificate | None, error: str) -> Certificate:
    digest = hashlib.sha256(der).hexdigest()
    if loaded is None:
        return Certificate(sha256=digest, error=error)
    subject = _ask(lambda: loaded.subject)
    common = subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME) if subject else []
    return Certificate(
        subject=name_words(subject) if subject else "",
        issuer=_ask(lambda: name_words(loaded.issuer)) or "",
        common_name=safe_text(str(common[-1].value)) if common else "",
        names=_ask(lambda: _names(loaded)) or (),
        not_before=_ask(lambda: loaded.not_valid_before_utc),
        not_after=_ask(lambda: loaded.not_valid_after_utc),
        key=_ask(lambda: key_text(loaded.public_key())) or "",
        sha256=digest,
    )


def name_text(der: bytes) -> str:
    """A distinguished name on one line, or its bytes where it cannot be read."""
    name = _ask(lambda: x509.Name.from_bytes(der))
    return name_words(name) if name is not None else octets(der)


def ocsp_text(der: bytes) -> str:
    """What a response of RFC 6960 says of a certificate, or its bytes where it cannot be read."""
    response = _ask(partial(ocsp.load_der_ocsp_response, der))
    if response is None:
        return octets(der)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return response.response_status.name.lower().replace("_", " ")
    status, updated = _ask(lambda: response.certificate_status), _ask(lambda: response.this_update_utc)
    if status is None or updated is None:
        return octets(der)
    return f"certificate {status.name.lower()}, as of {updated:%Y-%m-%d %H:%M:%S} (UTC)"


def key_text(key: object) -> str:
    """A public key in a few words; told by class names, as naming the classes of old kinds warns of their removal."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    name, size = type(key).__name__.removesuffix("PublicKey"), getattr(key, "key_size", 0)
    return f"{name} {size} bits" if size else name


# -- the field tree ---------------------------------------------------------------------------------------------------


def read_certificate_fields(r: FieldReader, size: int) -> Certificate:
    """The certificate, or raw public key (RFC 7250), of ``size`` bytes that stands here, as one group of fields."""
    der = r.peek(size)
    loaded, error = _load(der)
    certificate = _facts(der, loaded, error)
    end = r.at + len(der)
    with r.within(end), r.group("Certificate") as group:
        group.value = der
        key = _ask(lambda: load_der_public_key(der)) if error else None
        if key is not None:
            group.text = f"Raw Public Key ({key_text(key)})"
            r.raw("Subject Public Key Info", r.left, octets)
            return Certificate(subject=group.text, key=key_text(key), sha256=certificate.sha256)
        group.text = certificate.subject or octets(der)
        if error:
            group.note = f"not readable as X.509: {error}"
        r.derive("Fingerprint (SHA-256)", certificate.sha256)
        _certificate_parts(r, end, loaded, certificate)
        r.raw("Unread bytes", end - r.at, octets)
    return certificate


def _certificate_parts(r: FieldReader, end: int, loaded: x509.Certificate | None, certificate: Certificate) -> None:
    """tbsCertificate, signatureAlgorithm, signatureValue (RFC 5280 section 4.1)."""
    whole = next(elements(r.data, r.at, end), None)
    parts = list(islice(elements(r.data, whole.body, whole.end), 3)) if whole and whole.tag == SEQUENCE else []
    if not parts:
        return
    with r.group("Signed Certificate"):
        _signed_parts(r, parts[0], loaded, certificate)
        r.at = parts[0].end
    if len(parts) > 1:
        _put(r, "Signature Algorithm", parts[1], _algorithm(r.data, parts[1]))
    if len(parts) > 2:
        _put(r, "Signature", parts[2], octets(r.data[parts[2].body + 1 : parts[2].end]), parts[2].body)
    r.at = whole.end if whole else r.at


def _signed_parts(r: FieldReader, tbs: Element, loaded: x509.Certificate | None, certificate: Certificate) -> None:
    """TBSCertificate, RFC 5280 section 4.1.2: a version only where it is not 1, then six parts in a fixed order."""
    parts = list(islice(elements(r.data, tbs.body, tbs.end), 16))
    if parts and parts[0].tag == 0xA0:
        version = r.data[parts[0].end - 1]
        _put(r, "Version", parts[0], f"v{version + 1} ({version})")
        del parts[0]
    readers: tuple[tuple[str, Callable[[bytes, Element], str]], ...] = (
        ("Serial Number", lambda data, part: f"0x{data[part.body : part.end].hex()}"),
        ("Signature", _algorithm),
        ("Issuer", lambda data, part: name_text(data[part.start : part.end])),
    )
    for (name, text), part in zip(readers, parts, strict=False):
        _put(r, name, part, text(r.data, part))
    if len(parts) > 3:
        _validity(r, parts[3], certificate)
    if len(parts) > 4:
        _put(r, "Subject", parts[4], name_text(r.data[parts[4].start : parts[4].end]))
    if len(parts) > 5:
        _public_key(r, parts[5])
    for part in parts[6:]:
        if part.tag == 0xA3:
            _extensions(r, part, loaded)
        else:
            _put(r, "Unique Identifier", part, octets(r.data[part.body : part.end]))


def _put(r: FieldReader, name: str, part: Element, text: str, start: int | None = None) -> None:
    """A field for the bytes of one part; what stands between two parts is identifiers and lengths."""
    r.at = part.start if start is None else start
    r.raw(name, part.end - r.at, lambda _: text)


def _validity(r: FieldReader, part: Element, certificate: Certificate) -> None:
    """RFC 5280 section 4.1.2.5."""
    r.at = part.start
    with r.group("Validity"):
        known = (certificate.not_before, certificate.not_after)
        names = ("Not Before", "Not After")
        for name, time, one in zip(names, known, elements(r.data, part.body, part.end), strict=False):
            text = f"{time:%Y-%m-%d %H:%M:%S} (UTC)" if time else printable(r.data[one.body : one.end])
            _put(r, name, one, text)
        r.at = part.end


def _public_key(r: FieldReader, part: Element) -> None:
    """RFC 5280 section 4.1.2.7."""
    der = r.data[part.start : part.end]
    key = _ask(lambda: load_der_public_key(der))
    inner = list(islice(elements(r.data, part.body, part.end), 2))
    r.at = part.start
    with r.group("Subject Public Key Info", key_text(key) if key else "") as group:
        if inner:
            _put(r, "Algorithm", inner[0], _algorithm(r.data, inner[0]))
        if len(inner) > 1:
            _put(r, "Subject Public Key", inner[1], octets(r.data[inner[1].body + 1 : inner[1].end]), inner[1].body)
        if isinstance(key, rsa.RSAPublicKey):
            r.derive("Public Exponent", str(key.public_numbers().e))
        group.note = "" if key else "of a kind that is not known here"
        r.at = part.end


def _extensions(r: FieldReader, part: Element, loaded: x509.Certificate | None) -> None:
    """RFC 5280 section 4.2: identifier, criticality where it is set, value in an OCTET STRING."""
    known = {one.oid.dotted_string: one for one in (_ask(lambda: list(loaded.extensions)) or [] if loaded else [])}
    outer = next(elements(r.data, part.body, part.end), None)
    r.at = part.start
    with r.group("Extensions") as group:
        count = 0
        for one in islice(elements(r.data, outer.body, outer.end), MAX_LISTED) if outer else ():
            pieces = list(islice(elements(r.data, one.body, one.end), 4))
            if not pieces:
                break
            oid = identifier(r.data[pieces[0].body : pieces[0].end])
            extension = known.get(oid)
            text = extension_text(extension.value) if extension is not None else ""
            _put(r, extension_name(oid), one, text or octets(r.data[pieces[-1].body : pieces[-1].end]))
            if len(pieces) > 2:
                r.note("critical")
            count += 1
        group.text = f"{count} extension{'s' * (count != 1)}"
        r.at = part.end


def _algorithm(data: bytes, part: Element) -> str:
    """AlgorithmIdentifier, RFC 5280 section 4.1.1.2."""
    first = next(elements(data, part.body, part.end), None)
    return algorithm_name(identifier(data[first.body : first.end])) if first else ""


# -- asking cryptography ----------------------------------------------------------------------------------------------


def _load(der: bytes) -> tuple[x509.Certificate | None, str]:
    """The certificate, or why it cannot be read."""
    if len(der) > MAX_SIZE:
        return None, f"{byte_count(len(der))} are more than are read here"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it will refuse one day
        try:
            return x509.load_der_x509_certificate(der), ""
        except Exception as refusal:  # a dozen classes, and more in each release
            return None, _worded(str(refusal))


#: What the parser's reasons mean; it is told nowhere but in its source (rust-asn1, ParseErrorKind).
_REASONS: dict[str, str] = {
    "ShortData": "it is cut short",
    "ExtraData": "more bytes than it should have",
    "InvalidLength": "a length that cannot be",
    "InvalidTag": "an identifier that cannot be",
    "InvalidValue": "a value that is not allowed",
    "UnexpectedTag": "another element than expected",
    "EncodedDefault": "a default value that should be left out",
}


def _worded(refusal: str) -> str:
    """The reason in words, and the part of the certificate that it stands in."""
    kind = re.search(r"kind: (\w+)", refusal)
    if not kind or kind[1] not in _REASONS:
        return safe_text(refusal)
    places = re.findall(r'"\w+::(\w+)"', refusal)
    return _REASONS[kind[1]] + (f", in {places[-1]}" if places else "")


def _ask(question: Callable[[], T]) -> T | None:
    """The answer, or None where ``cryptography`` refuses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return question()
        except Exception:  # as above; the capture chose the bytes
            return None


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    kinds = (x509.DNSName, x509.IPAddress)
    return tuple(safe_text(str(name.value)) for name in extension.value if isinstance(name, kinds))
