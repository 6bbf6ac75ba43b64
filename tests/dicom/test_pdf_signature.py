"""The signature of the pages holds for three implementations, and for none after one byte."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.dicom.certificates import PASSWORD, Issuer, without_key
from tests.dicom.test_report_objects import NOW
from tests.dicom.test_sr_reading import rich
from workstation.dicom.pdf_pages import build_pages
from workstation.dicom.pdf_signature import open_certificate
from workstation.domain.errors import CertificateLocked, CertificateUnusable
from workstation.domain.site import Site


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="module", params=["rsa", "elliptic"])
def signed(request: pytest.FixtureRequest, issuer: Issuer) -> bytes:
    held, _ = rich(text="No acute finding.")
    opened = open_certificate(issuer.issue(elliptic=request.param == "elliptic"), PASSWORD)
    assert (opened.holder, opened.issuer) == ("Ana Vidal", "Test Issuer")
    pages = build_pages(held, Site("Hollin"), certified_by="Ana Vidal, certificate of Test Issuer")
    return opened.sign(pages, NOW)


def altered(pages: bytes) -> bytes:
    """The same file with one letter of its first content stream changed."""
    at = pages.index(b"stream") + 20
    return pages[:at] + bytes([pages[at] ^ 1]) + pages[at + 1 :]


def of_pyhanko(pages: bytes, issuer: Issuer) -> tuple[bool, bool]:
    """(intact, trusted)."""
    from pyhanko.keys import load_certs_from_pemder_data

    (root,) = load_certs_from_pemder_data(issuer.pem)
    reader = PdfFileReader(io.BytesIO(pages), strict=False)
    (signature,) = reader.embedded_signatures
    status = validate_pdf_signature(
        signature,
        ValidationContext(trust_roots=[root], moment=NOW, allow_fetching=False),
    )
    return status.intact and status.valid, status.trusted


def of_openssl(pages: bytes, issuer: Issuer, folder: Path) -> bool:
    """`openssl cms` over the bytes of the byte range; it knows nothing of PDF."""
    match = re.search(rb"/ByteRange ?\[ ?(\d+) (\d+) (\d+) (\d+)", pages)
    assert match is not None
    start, length, behind, rest = (int(each) for each in match.groups())
    assert start == 0
    assert behind + rest == len(pages), "the signature covers the whole file"
    held = pages[length:behind].strip(b"<>").rstrip(b"0")
    (folder / "cms").write_bytes(bytes.fromhex((held + b"0" * (len(held) % 2)).decode()))
    (folder / "data").write_bytes(pages[:length] + pages[behind:])
    (folder / "ca.pem").write_bytes(issuer.pem)
    judged = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(folder / "cms"),
         "-content", str(folder / "data"), "-CAfile", str(folder / "ca.pem"), "-purpose", "any",
         "-attime", str(int(NOW.timestamp())), "-out", str(folder / "out")],
        capture_output=True, text=True,
    )  # fmt: skip
    return judged.returncode == 0


def test_pyhanko_finds_it_intact_and_trusted_and_one_byte_ends_that(
    signed: bytes, issuer: Issuer
) -> None:
    assert of_pyhanko(signed, issuer) == (True, True)
    assert of_pyhanko(altered(signed), issuer)[0] is False
    assert of_pyhanko(signed, Issuer())[1] is False, "an issuer that nobody trusts"


def test_openssl_verifies_it_and_one_byte_ends_that(
    signed: bytes, issuer: Issuer, tmp_path: Path
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    assert of_openssl(signed, issuer, tmp_path)
    assert not of_openssl(altered(signed), issuer, tmp_path)


def test_poppler_calls_it_valid_and_one_byte_ends_that(signed: bytes, tmp_path: Path) -> None:
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig (Debian poppler-utils) is not installed")

    def judged(pages: bytes) -> str:
        (tmp_path / "report.pdf").write_bytes(pages)
        return subprocess.run(
            ["pdfsig", "-nocert", str(tmp_path / "report.pdf")], capture_output=True, text=True
        ).stdout

    words = judged(signed)
    assert "Signature is Valid" in words
    assert "Total document signed" in words
    assert "Ana Vidal" in words
    assert "Signature is Valid" not in judged(altered(signed))


def test_it_is_pades_with_the_time_of_the_report_and_the_pages_say_so(signed: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(signed))
    fields = reader.get_fields() or {}
    value = fields["Signature"]["/V"]
    assert value["/SubFilter"] == "/ETSI.CAdES.detached"
    assert value["/M"] == "D:20261124032107Z" or str(value["/M"]).startswith("D:20261124032107")
    words = " ".join("".join(page.extract_text() for page in reader.pages).split())
    assert "electronic signature (PAdES) by Ana Vidal, certificate of Test Issuer" in words


@pytest.mark.parametrize(
    ("file", "password", "error", "words"),
    [
        (lambda ca: ca.issue(), "wrong", CertificateLocked, "password does not open"),
        (lambda ca: ca.issue(), "", CertificateLocked, "password does not open"),
        (lambda _: b"no certificate", "x", CertificateUnusable, "no PKCS#12"),
        (lambda _: b"", "x", CertificateUnusable, "no PKCS#12"),
        (without_key, PASSWORD, CertificateUnusable, "no key"),
        (lambda ca: ca.issue(signs=False), PASSWORD, CertificateUnusable, "not meant"),
    ],
)
def test_a_file_that_cannot_sign_says_why(
    issuer: Issuer, file: object, password: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        open_certificate(file(issuer), password)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2025, 12, 31, tzinfo=UTC), "only from"),
        (datetime(2028, 6, 1, tzinfo=UTC), "expired"),
    ],
)
def test_outside_its_time_it_signs_nothing(issuer: Issuer, at: datetime, words: str) -> None:
    opened = open_certificate(issuer.issue(), PASSWORD)
    with pytest.raises(CertificateUnusable, match=words):
        opened.sign(b"%PDF-1.4", at)


def test_a_file_without_a_password_opens_without_one(issuer: Issuer) -> None:
    assert open_certificate(issuer.issue(password=""), "").holder == "Ana Vidal"


def test_the_key_is_not_printed_with_the_certificate(issuer: Issuer) -> None:
    assert "_signer" not in repr(open_certificate(issuer.issue(), PASSWORD))
