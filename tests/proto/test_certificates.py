from __future__ import annotations

import datetime
import random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID as Access
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose
from cryptography.x509.oid import NameOID, ObjectIdentifier

from ladderview.proto.certificates import (
    MAX_SIZE,
    Certificate,
    key_text,
    name_text,
    ocsp_text,
    read_certificate,
    read_certificate_fields,
)
from ladderview.proto.fields import Field, FieldReader
from tests.proto.listing import lines
from tests.proto.tls_samples import certificate, raw_public_key

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
START = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)


def made(*extensions: tuple[x509.ExtensionType, bool], subject: x509.Name | None = None) -> bytes:
    name = subject or x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key())
    builder = builder.serial_number(5).not_valid_before(START).not_valid_after(START.replace(year=2030))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(KEY, None).public_bytes(Encoding.DER)


def read(der: bytes, behind: bytes = b"") -> tuple[Certificate, Field]:
    r = FieldReader(der + behind, 0, len(der + behind))
    facts = read_certificate_fields(r, len(der))
    assert r.at == len(der)
    return facts, r.fields[0]


def field_named(field: Field, name: str) -> Field | None:
    if field.name == name:
        return field
    return next((found for child in field.children if (found := field_named(child, name))), None)


def test_the_facts_of_a_certificate() -> None:
    assert read_certificate(certificate()) == Certificate(
        subject="CN=ladder.example,L=Zürich,C=CH",
        issuer="CN=ladder.example,L=Zürich,C=CH",
        common_name="ladder.example",
        names=("ladder.example", "192.0.2.1"),
        not_before=START,
        not_after=START.replace(year=2060),
        key="Ed25519",
        sha256="fd7003f69606accacda39527bedefd9621311bc962222d9f87d06fe7e2b47cc1",
    )


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        (Certificate("O=x", common_name="c", names=("n",)), "c"),
        (Certificate("O=x", names=("n", "m")), "n"),
        (Certificate("O=x"), "O=x"),
        (Certificate(), ""),
    ],
)
def test_the_name_that_people_know_it_by(facts: Certificate, title: str) -> None:
    assert facts.title == title


_ALTERNATIVES = x509.SubjectAlternativeName(
    [
        x509.DNSName("a.example"),
        x509.RFC822Name("a@a.example"),
        x509.UniformResourceIdentifier("https://a.example/"),
        x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "O")])),
        x509.RegisteredID(ObjectIdentifier("1.2.3")),
        x509.OtherName(ObjectIdentifier("1.2.3"), b"\x0c\x01a"),
    ]
)
_USAGE = x509.KeyUsage(True, True, False, False, True, False, False, True, False)
_POINT = x509.DistributionPoint([x509.UniformResourceIdentifier("http://a/crl")], None, None, None)


@pytest.mark.parametrize(
    ("extension", "name", "text"),
    [
        (
            _ALTERNATIVES,
            "Subject Alternative Name",
            "DNS: a.example, email: a@a.example, URI: https://a.example/, directory name: O=O, ID: 1.2.3, "
            "other: 0c0161",
        ),
        (x509.BasicConstraints(False, None), "Basic Constraints", "CA: no"),
        (_USAGE, "Key Usage", "digitalSignature, nonRepudiation, keyAgreement, encipherOnly"),
        (
            x509.ExtendedKeyUsage([Purpose.SERVER_AUTH, ObjectIdentifier("1.2.3")]),
            "Extended Key Usage",
            "serverAuth, 1.2.3",
        ),
        (x509.SubjectKeyIdentifier(b"\x01\x02"), "Subject Key Identifier", "0102"),
        (x509.AuthorityKeyIdentifier(b"\x03", None, None), "Authority Key Identifier", "03"),
        (
            x509.AuthorityInformationAccess(
                [x509.AccessDescription(Access.OCSP, x509.UniformResourceIdentifier("http://a/"))]
            ),
            "Authority Information Access",
            "OCSP URI: http://a/",
        ),
        (x509.CRLDistributionPoints([_POINT]), "CRL Distribution Points", "URI: http://a/crl"),
        (
            x509.CertificatePolicies([x509.PolicyInformation(ObjectIdentifier("2.23.140.1.2.1"), None)]),
            "Certificate Policies",
            "2.23.140.1.2.1",
        ),
        (x509.TLSFeature([x509.TLSFeatureType.status_request]), "TLS Feature", "status_request"),
        (x509.UnrecognizedExtension(ObjectIdentifier("1.2.3"), b"\xab"), "Extension 1.2.3", "ab"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_an_extension_says(extension: x509.ExtensionType, name: str, text: str) -> None:
    found = field_named(read(made((extension, True)))[1], name)
    assert found is not None
    assert (found.text, found.note) == (text, "critical")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (rsa.generate_private_key(65537, 1024).public_key(), "RSA 1024 bits"),
        (ec.generate_private_key(ec.SECP384R1()).public_key(), "EC secp384r1"),
        (KEY.public_key(), "Ed25519"),
    ],
    ids=["RSA", "EC", "Ed25519"],
)
def test_keys_in_words(key: object, text: str) -> None:
    assert key_text(key) == text


def test_an_rsa_key_tells_its_exponent() -> None:
    key = rsa.generate_private_key(65537, 1024)
    name = x509.Name([])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(5).not_valid_before(START).not_valid_after(START.replace(year=2030))
    exponent = field_named(read(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))[1], "Public Exponent")
    assert exponent is not None
    assert exponent.text == "65537"


def test_a_certificate_with_bytes_behind_it_is_read_within_its_size() -> None:
    _, field = read(certificate(), b"next")
    assert (field.span.start, field.span.end) == (0, len(certificate()))


def test_a_broken_certificate_shows_what_can_be_read_and_why_not_all() -> None:
    facts, field = read(certificate()[:100])
    assert (facts.subject, facts.error, field.note) == ("", "it is cut short", "not readable as X.509: it is cut short")
    assert [line.strip() for line in lines([field])][3:] == [
        "8-12 Version: v3 (2)",
        "13-16 Serial Number: 0x1234",
        "17-23 Signature: id-Ed25519",
        "24-81 Issuer: CN=ladder.example,L=Zürich,C=CH",
        "82-99 Validity:",
        "84-98 Not Before: 240101000000Z",
    ]


def test_what_is_no_certificate_at_all_is_bytes() -> None:
    facts, field = read(b"not a certificate")
    assert facts.error
    assert field.children[-1].value == b"not a certificate"
    assert field.children[-1].name == "Unread bytes"


def test_one_that_is_made_to_be_slow_is_not_read() -> None:
    assert read_certificate(bytes(MAX_SIZE + 1)).error == "131073 bytes are more than are read here"


def test_a_raw_public_key() -> None:
    facts, field = read(raw_public_key())
    assert (facts.key, field.text) == ("Ed25519", "Raw Public Key (Ed25519)")


def ocsp_response(status: ocsp.OCSPCertStatus) -> bytes:
    one = x509.load_der_x509_certificate(certificate())
    builder = ocsp.OCSPResponseBuilder().responder_id(ocsp.OCSPResponderEncoding.HASH, one)
    revoked = START if status is ocsp.OCSPCertStatus.REVOKED else None
    builder = builder.add_response(one, one, hashes.SHA256(), status, START, None, revoked, None)
    return builder.sign(KEY, None).public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("der", "text"),
    [
        (ocsp_response(ocsp.OCSPCertStatus.GOOD), "certificate good, as of 2024-01-01 00:00:00 (UTC)"),
        (ocsp_response(ocsp.OCSPCertStatus.REVOKED), "certificate revoked, as of 2024-01-01 00:00:00 (UTC)"),
        (b"\x30\x03\x0a\x01\x03", "try later"),
        (b"junk", "6a756e6b"),
    ],
    ids=["good", "revoked", "no answer", "junk"],
)
def test_the_status_of_a_certificate(der: bytes, text: str) -> None:
    assert ocsp_text(der) == text


def test_a_name_that_cannot_be_read_is_bytes() -> None:
    assert name_text(b"junk") == "6a756e6b"


def test_no_name_breaks_a_line() -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a\u202eb\nc")])
    facts, field = read(made(subject=name))
    assert (facts.common_name, field.text) == ("a\\u202eb\\nc", "CN=a\\u202eb\\nc")


def test_attributes_without_a_short_word_in_rfc_4514() -> None:
    name = x509.Name([x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@b"), x509.NameAttribute(NameOID.SERIAL_NUMBER, "7")])
    assert read(made(subject=name))[1].text == "serialNumber=7,emailAddress=a@b"


def test_mutations_and_truncations_are_read_without_a_fault() -> None:
    der = certificate()
    chance = random.Random(7)
    for length in range(len(der)):
        read(der[:length])
    for _ in range(1500):
        octets = bytearray(der)
        for _ in range(chance.randint(1, 3)):
            octets[chance.randrange(len(der))] = chance.randrange(256)
        read(bytes(octets))
