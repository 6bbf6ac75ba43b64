"""The reader's certificate, and the signature of a PDF with it: PAdES B-B (ETSI EN 319 142-1).

The only home of pyHanko. No network: no time stamp, no revocation data; who receives the file
decides which issuers it trusts.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asn1crypto import pkcs12 as pkcs12_asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from workstation.domain.errors import CertificateLocked, CertificateUnusable

_FIELD = "Signature"


@dataclass(frozen=True, slots=True, eq=False)
class SigningCertificate:
    """An opened certificate with its key: whose it is, who issued it, until when it holds."""

    holder: str
    issuer: str
    not_before: datetime
    not_after: datetime
    _signer: Any = field(repr=False)

    def sign(self, pages: bytes, at: datetime) -> bytes:
        """The same pages with a signature in a revision of their own behind them.

        CertificateUnusable where the certificate does not hold at that time.
        """
        self.require_valid(at)
        meta = signers.PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            name=self.holder,
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(pages))
        made = _SignerAt(meta, self._signer, at).sign_pdf(writer)
        signed: bytes = made.getvalue()
        return signed

    def require_valid(self, at: datetime) -> None:
        """CertificateUnusable outside its time (RFC 5280 4.1.2.5)."""
        if at > self.not_after:
            raise CertificateUnusable(
                f"Your certificate expired on {self.not_after:%-d %b %Y}.",
                means="Nothing was signed; the draft is kept.",
                remedy="Choose a new one in the settings, or none, and sign again.",
            )
        if at < self.not_before:
            raise CertificateUnusable(
                f"Your certificate holds only from {self.not_before:%-d %b %Y}.",
                means="Nothing was signed; the draft is kept.",
                remedy="Check the clock of this machine, or choose another in the settings.",
            )


class _SignerAt(signers.PdfSigner):
    """Writes the time that the report carries, not that of a second look at the clock."""

    def __init__(self, meta: Any, signer: Any, at: datetime) -> None:
        super().__init__(meta, signer=signer)
        self._at = at

    def init_signing_session(self, *arguments: Any, **more: Any) -> Any:
        session = super().init_signing_session(*arguments, **more)
        session.system_time = self._at
        return session


def open_certificate(content: bytes, password: str) -> SigningCertificate:
    """The certificate and key of a PKCS#12 file (RFC 7292).

    CertificateLocked where the password does not open it, CertificateUnusable where it is no such
    file, has no key, or its key is not for signatures.
    """
    try:
        pkcs12_asn1.Pfx.load(content, strict=True).native  # noqa: B018
    except ValueError as error:
        raise CertificateUnusable(
            "The certificate file is no PKCS#12 file.",
            means="Nothing was signed; the draft is kept.",
            remedy="Choose a .p12 or .pfx file in the settings, or none.",
        ) from error
    secret = password.encode() if password else None
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(content, secret)
    except UnsupportedAlgorithm as error:
        raise CertificateUnusable(
            "The certificate file is sealed with a cipher that is not supported.",
            means="Nothing was signed; the draft is kept.",
            remedy="Export it anew, with AES.",
        ) from error
    except ValueError as error:
        raise CertificateLocked(
            "The password does not open the certificate file.",
            means="Nothing was signed; the draft is kept.",
            remedy="Enter it again.",
        ) from error
    if key is None or certificate is None:
        raise CertificateUnusable(
            "The certificate file holds no key.",
            means="Nothing was signed; the draft is kept.",
            remedy="Export the certificate together with its key.",
        )
    _require_signing(certificate)
    return SigningCertificate(
        _common_name(certificate.subject),
        _common_name(certificate.issuer),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        signers.SimpleSigner.load_pkcs12_data(content, (), secret),
    )


def _common_name(name: x509.Name) -> str:
    held = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(held[0].value) if held else name.rfc4514_string()


def _require_signing(certificate: x509.Certificate) -> None:
    """Key Usage, where it is given, allows signatures (RFC 5280 4.2.1.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not usage.digital_signature and not usage.content_commitment:
        raise CertificateUnusable(
            "The key of your certificate is not meant for signatures.",
            means="Nothing was signed; the draft is kept.",
            remedy="Choose another in the settings, or none.",
        )
