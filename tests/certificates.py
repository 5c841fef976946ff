"""Certificates of an authority of one's own, as a company's network has them."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A server with a certificate.

    Attributes:
        authority: PEM file of whoever signed it; who trusts that file trusts the server.
        tls: What the server speaks TLS with.
    """

    authority: Path
    tls: ssl.SSLContext


def certified(host: str, folder: Path) -> Certified:
    """Return a server at an IP address whose certificate a new authority has signed.

    Args:
        folder: Where the files are written.
    """
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Harbour Authority", root_key, "Harbour Authority", root_key, _of_authority(root_key))
    mine = _certificate(host, key, "Harbour Authority", root_key, _of_server(host, root_key))
    authority, chain = folder / "authority.pem", folder / "server.pem"
    authority.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(private + mine.public_bytes(serialization.Encoding.PEM))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain)
    return Certified(authority=authority, tls=tls)


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signer: str,
    signer_key: ec.EllipticCurvePrivateKey,
    extensions: tuple[tuple[x509.ExtensionType, bool], ...],
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        issuer_name=_name(signer),
        subject_name=_name(name),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(hours=1),
        not_valid_after=now + timedelta(days=1),
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, is_critical)
    return builder.sign(signer_key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _of_authority(key: ec.EllipticCurvePrivateKey) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    signs = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (signs, True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    )


def _of_server(host: str, root_key: ec.EllipticCurvePrivateKey) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    return (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False),
    )
