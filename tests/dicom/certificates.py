"""Certificates of people who do not exist, made for one test run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    pkcs12,
)

PASSWORD = "Schlüssel 7"
START = datetime(2026, 1, 1, tzinfo=UTC)


class Issuer:
    """A certificate authority and what it issues as PKCS#12."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._made("Test Issuer", self._key.public_key(), START, 3650, True)

    def _made(
        self, name: str, public: object, start: datetime, days: int, authority: bool,
        signs: bool = True,
    ) -> x509.Certificate:  # fmt: skip
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test Issuer")])
        usage = x509.KeyUsage(
            digital_signature=signs and not authority, content_commitment=signs and not authority,
            key_encipherment=not signs, data_encipherment=False, key_agreement=False,
            key_cert_sign=authority, crl_sign=authority, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public)  # type: ignore[arg-type]
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        """The issuer, for who has to trust it."""
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self, *, name: str = "Ana Vidal", password: str = PASSWORD, start: datetime = START,
        days: int = 730, signs: bool = True, elliptic: bool = False,
    ) -> bytes:  # fmt: skip
        """A PKCS#12 file."""
        key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = (
            ec.generate_private_key(ec.SECP256R1())
            if elliptic
            else rsa.generate_private_key(65537, 2048)
        )
        own = self._made(name, key.public_key(), start, days, False, signs)
        cipher = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        return pkcs12.serialize_key_and_certificates(
            name.encode(), key, own, [self.certificate], cipher
        )


def without_key(issuer: Issuer) -> bytes:
    """A PKCS#12 file that holds certificates alone."""
    return pkcs12.serialize_key_and_certificates(
        b"x", None, None, [issuer.certificate], BestAvailableEncryption(PASSWORD.encode())
    )


__all__ = ["PASSWORD", "START", "Issuer", "without_key"]
