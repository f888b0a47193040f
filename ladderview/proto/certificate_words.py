"""How is a part of a certificate worded? Names of algorithms and extensions, and what each extension says in a line."""

from __future__ import annotations

from collections.abc import Callable

from cryptography import x509

from ladderview.proto.tls_vector import safe_text, some

#: RFC 3279, RFC 4055, RFC 5758, RFC 8410, RFC 9881: signature and key algorithms.
ALGORITHMS: dict[str, str] = {
    "1.2.840.113549.1.1.1": "rsaEncryption",
    "1.2.840.113549.1.1.2": "md2WithRSAEncryption",
    "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
    "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
    "1.2.840.113549.1.1.7": "id-RSAES-OAEP",
    "1.2.840.113549.1.1.10": "id-RSASSA-PSS",
    "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
    "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
    "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
    "1.2.840.113549.1.1.14": "sha224WithRSAEncryption",
    "1.2.840.113549.1.3.1": "dhKeyAgreement",
    "1.2.840.10040.4.1": "id-dsa",
    "1.2.840.10040.4.3": "id-dsa-with-sha1",
    "1.2.840.10045.2.1": "id-ecPublicKey",
    "1.2.840.10045.4.1": "ecdsa-with-SHA1",
    "1.2.840.10045.4.3.1": "ecdsa-with-SHA224",
    "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
    "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
    "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
    "1.2.840.10046.2.1": "dhpublicnumber",
    "1.2.156.10197.1.501": "sm2-with-sm3",
    "1.3.14.3.2.29": "sha1WithRSASignature",
    "1.3.101.110": "id-X25519",
    "1.3.101.111": "id-X448",
    "1.3.101.112": "id-Ed25519",
    "1.3.101.113": "id-Ed448",
    "2.16.840.1.101.3.4.3.1": "id-dsa-with-sha224",
    "2.16.840.1.101.3.4.3.2": "id-dsa-with-sha256",
    "2.16.840.1.101.3.4.3.17": "id-ml-dsa-44",
    "2.16.840.1.101.3.4.3.18": "id-ml-dsa-65",
    "2.16.840.1.101.3.4.3.19": "id-ml-dsa-87",
}

#: RFC 5280 section 4.2, RFC 6962 section 3.3, RFC 7633; Netscape's and Microsoft's by their makers' names.
EXTENSIONS: dict[str, str] = {
    "1.3.6.1.4.1.11129.2.4.2": "Signed Certificate Timestamps",
    "1.3.6.1.4.1.11129.2.4.3": "Precertificate Poison",
    "1.3.6.1.4.1.311.20.2": "Certificate Template Name (Microsoft)",
    "1.3.6.1.4.1.311.21.7": "Certificate Template (Microsoft)",
    "1.3.6.1.4.1.311.21.10": "Application Policies (Microsoft)",
    "1.3.6.1.5.5.7.1.1": "Authority Information Access",
    "1.3.6.1.5.5.7.1.3": "Qualified Certificate Statements",
    "1.3.6.1.5.5.7.1.11": "Subject Information Access",
    "1.3.6.1.5.5.7.1.12": "Logotype",
    "1.3.6.1.5.5.7.1.24": "TLS Feature",
    "1.2.840.113533.7.65.0": "Entrust Version",
    "2.5.29.1": "Authority Key Identifier (old)",
    "2.5.29.9": "Subject Directory Attributes",
    "2.5.29.14": "Subject Key Identifier",
    "2.5.29.15": "Key Usage",
    "2.5.29.16": "Private Key Usage Period",
    "2.5.29.17": "Subject Alternative Name",
    "2.5.29.18": "Issuer Alternative Name",
    "2.5.29.19": "Basic Constraints",
    "2.5.29.30": "Name Constraints",
    "2.5.29.31": "CRL Distribution Points",
    "2.5.29.32": "Certificate Policies",
    "2.5.29.33": "Policy Mappings",
    "2.5.29.35": "Authority Key Identifier",
    "2.5.29.36": "Policy Constraints",
    "2.5.29.37": "Extended Key Usage",
    "2.5.29.46": "Freshest CRL",
    "2.5.29.54": "Inhibit Any Policy",
    "2.16.840.1.113730.1.1": "Netscape Certificate Type",
    "2.16.840.1.113730.1.13": "Netscape Comment",
}

#: Attributes that RFC 4514 has no short word for: RFC 5280 appendix A.1, RFC 4519, EV guidelines (CA/Browser Forum).
_ATTRIBUTES: dict[x509.ObjectIdentifier, str] = {
    x509.NameOID.EMAIL_ADDRESS: "emailAddress",
    x509.NameOID.SERIAL_NUMBER: "serialNumber",
    x509.NameOID.BUSINESS_CATEGORY: "businessCategory",
    x509.NameOID.POSTAL_CODE: "postalCode",
    x509.NameOID.ORGANIZATION_IDENTIFIER: "organizationIdentifier",
    x509.NameOID.JURISDICTION_COUNTRY_NAME: "jurisdictionC",
    x509.NameOID.JURISDICTION_STATE_OR_PROVINCE_NAME: "jurisdictionST",
    x509.NameOID.JURISDICTION_LOCALITY_NAME: "jurisdictionL",
    x509.NameOID.GIVEN_NAME: "givenName",
    x509.NameOID.SURNAME: "sn",
    x509.NameOID.TITLE: "title",
    x509.NameOID.PSEUDONYM: "pseudonym",
    x509.NameOID.DN_QUALIFIER: "dnQualifier",
}

#: RFC 5280 section 4.2.1.12; step-up and SGC are old export rules.
KEY_PURPOSES: dict[str, str] = {
    "1.3.6.1.5.5.7.3.1": "serverAuth",
    "1.3.6.1.5.5.7.3.2": "clientAuth",
    "1.3.6.1.5.5.7.3.3": "codeSigning",
    "1.3.6.1.5.5.7.3.4": "emailProtection",
    "1.3.6.1.5.5.7.3.8": "timeStamping",
    "1.3.6.1.5.5.7.3.9": "OCSPSigning",
    "1.3.6.1.4.1.311.10.3.3": "Microsoft SGC",
    "2.16.840.1.113730.4.1": "Netscape step-up",
    "2.5.29.37.0": "any",
}

#: RFC 5280 section 4.2.1.3, in bit order: the words of ``cryptography`` and those of the RFC.
_USAGES = (
    ("digital_signature", "digitalSignature"),
    ("content_commitment", "nonRepudiation"),
    ("key_encipherment", "keyEncipherment"),
    ("data_encipherment", "dataEncipherment"),
    ("key_agreement", "keyAgreement"),
    ("key_cert_sign", "keyCertSign"),
    ("crl_sign", "cRLSign"),
)

_MANY = 32


def algorithm_name(oid: str) -> str:
    """An algorithm by its name in the RFCs, or its number."""
    return ALGORITHMS.get(oid, oid)


def extension_name(oid: str) -> str:
    """An extension by name, or its number."""
    return EXTENSIONS.get(oid, f"Extension {oid}")


def name_words(name: x509.Name) -> str:
    """A distinguished name on one line (RFC 4514), safe to show."""
    return safe_text(name.rfc4514_string(_ATTRIBUTES))


def extension_text(value: x509.ExtensionType) -> str:
    """What an extension says, in a line; empty for a kind that has no words here."""
    words = next((words for kind, words in _WORDS.items() if isinstance(value, kind)), None)
    return words(value) if words else ""


# -- one function for each kind of extension --------------------------------------------------------------------------


def _general_name(name: x509.GeneralName) -> str:
    if isinstance(name, x509.DirectoryName):
        return f"directory name: {name_words(name.value)}"
    kinds: dict[type[x509.GeneralName], str] = {
        x509.DNSName: "DNS",
        x509.IPAddress: "IP",
        x509.RFC822Name: "email",
        x509.UniformResourceIdentifier: "URI",
        x509.RegisteredID: "ID",
    }
    kind = next((kind for cls, kind in kinds.items() if isinstance(name, cls)), "other")
    if isinstance(name, x509.RegisteredID):
        return f"{kind}: {name.value.dotted_string}"
    value = name.value.hex() if isinstance(name.value, bytes) else str(name.value)
    return f"{kind}: {safe_text(value)}"


def _alternative_names(value: x509.SubjectAlternativeName | x509.IssuerAlternativeName) -> str:
    return some([_general_name(name) for name in value], _MANY)


def _basic_constraints(value: x509.BasicConstraints) -> str:
    length = "" if value.path_length is None else f", path length {value.path_length}"
    return f"CA: {'yes' if value.ca else 'no'}{length}"


def _key_usage(value: x509.KeyUsage) -> str:
    names = [word for attribute, word in _USAGES if getattr(value, attribute)]
    if value.key_agreement:
        names += ["encipherOnly"] * value.encipher_only + ["decipherOnly"] * value.decipher_only
    return ", ".join(names)


def _extended_key_usage(value: x509.ExtendedKeyUsage) -> str:
    return some([KEY_PURPOSES.get(oid.dotted_string, oid.dotted_string) for oid in value], _MANY)


def _authority_key(value: x509.AuthorityKeyIdentifier) -> str:
    return value.key_identifier.hex() if value.key_identifier else ""


def _access(value: x509.AuthorityInformationAccess) -> str:
    methods = {"1.3.6.1.5.5.7.48.1": "OCSP", "1.3.6.1.5.5.7.48.2": "CA Issuers"}
    return some(
        [
            f"{methods.get(one.access_method.dotted_string, one.access_method.dotted_string)} "
            f"{_general_name(one.access_location)}"
            for one in value
        ],
        _MANY,
    )


def _distribution_points(value: x509.CRLDistributionPoints) -> str:
    return some([_general_name(name) for point in value for name in point.full_name or ()], _MANY)


def _policies(value: x509.CertificatePolicies) -> str:
    return some([policy.policy_identifier.dotted_string for policy in value], _MANY)


def _timestamps(value: x509.PrecertificateSignedCertificateTimestamps) -> str:
    return some([f"{one.timestamp:%Y-%m-%d %H:%M:%S} by log {one.log_id.hex()[:16]}…" for one in value], _MANY)


def _features(value: x509.TLSFeature) -> str:
    return some([feature.name for feature in value], _MANY)


_WORDS: dict[type, Callable[..., str]] = {
    x509.SubjectAlternativeName: _alternative_names,
    x509.IssuerAlternativeName: _alternative_names,
    x509.BasicConstraints: _basic_constraints,
    x509.KeyUsage: _key_usage,
    x509.ExtendedKeyUsage: _extended_key_usage,
    x509.SubjectKeyIdentifier: lambda value: value.digest.hex(),
    x509.AuthorityKeyIdentifier: _authority_key,
    x509.AuthorityInformationAccess: _access,
    x509.CRLDistributionPoints: _distribution_points,
    x509.CertificatePolicies: _policies,
    x509.PrecertificateSignedCertificateTimestamps: _timestamps,
    x509.TLSFeature: _features,
}
