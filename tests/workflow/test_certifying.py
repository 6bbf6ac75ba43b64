"""A certificate that does not sign keeps the report from being signed, and never loses it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest

from tests.dicom.certificates import PASSWORD, START, Issuer
from tests.dicom.test_report_objects import IMAGE, length
from tests.dicom.test_sr_reading import rich
from tests.workflow.test_forms import KEY, SITE, Grey
from tests.workflow.test_signed_text import study
from workstation.bootstrap.examining import examine
from workstation.dicom.documents import encapsulated_document
from workstation.domain.clock import utc_now
from workstation.domain.errors import CertificateLocked, CertificateUnusable
from workstation.services.fhir_report import fhir_document
from workstation.services.hl7_report import hl7_document
from workstation.settings import Home, Settings
from workstation.storage import credentials
from workstation.workflow.certifying import Certifying
from workstation.workflow.forms import Forms


class Ring:
    """A keyring in memory; without one where `there` is False."""

    def __init__(self, there: bool = True) -> None:
        self.there, self.held = there, {}  # type: ignore[var-annotated]

    def secret(self, service_id: str, kind: str) -> str:
        return str(self.held.get((service_id, kind), ""))

    def remember(self, service_id: str, kind: str, value: str) -> bool:
        if self.there:
            self.held[service_id, kind] = value
        return self.there

    def forget(self, service_id: str, kind: str) -> None:
        self.held.pop((service_id, kind), None)


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def file(tmp_path: Path, issuer: Issuer) -> Path:
    made = tmp_path / "reader.p12"
    made.write_bytes(issuer.issue())
    return made


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """Nothing is written beside the certificate."""
    before = sorted(folder.rglob("*"))
    yield
    assert sorted(folder.rglob("*")) == before


def test_without_a_certificate_pages_stay_as_they_are() -> None:
    none = Certifying(str, Ring())
    assert not none.configured
    assert none.holder() == ""
    assert none.sign(b"pages", START) == b"pages"


def test_the_password_is_asked_for_once_and_kept_only_where_that_was_said(file: Path) -> None:
    ring = Ring()
    made = Certifying(lambda: str(file), ring)
    with unchanged(file.parent):
        with pytest.raises(CertificateLocked, match="wants its password"):
            made.holder()
        with pytest.raises(CertificateLocked, match="does not open"):
            made.unlock("wrong", keep=True)
        assert ring.held == {}, "a wrong password is not kept"
        assert made.unlock(PASSWORD, keep=False)
        assert made.holder() == "Ana Vidal, certificate of Test Issuer"
        assert ring.held == {}
        with pytest.raises(CertificateLocked):
            Certifying(lambda: str(file), ring).holder()
        assert made.unlock(PASSWORD, keep=True)
        assert Certifying(lambda: str(file), ring).holder().startswith("Ana Vidal")
    assert not Certifying(lambda: str(file), Ring(there=False)).unlock(PASSWORD, keep=True)


def test_another_file_is_opened_anew_and_a_missing_one_says_so(file: Path, issuer: Issuer) -> None:
    made = Certifying(lambda: str(file), Ring())
    made.unlock(PASSWORD, keep=False)
    file.write_bytes(issuer.issue(name="Somebody Else", password="other"))
    with pytest.raises(CertificateLocked):
        made.holder()
    made.unlock("other", keep=False)
    assert made.holder().startswith("Somebody Else")
    file.unlink()
    with pytest.raises(CertificateUnusable, match="cannot be read"):
        made.holder()


def test_the_same_signed_bytes_are_in_every_form(file: Path) -> None:
    made = Certifying(lambda: str(file), Ring())
    made.unlock(PASSWORD, keep=False)
    maker = Forms(Grey(), (fhir_document, hl7_document), lambda _: SITE, made)
    held, source = rich()
    objects, documents = maker.objects(held, source, [IMAGE], study(), (length(),), (KEY,))
    by_name = {each.name: each.content for each in documents}
    pages = by_name["report.pdf"]
    assert b"/ETSI.CAdES.detached" in pages
    (pdf,) = [each for each in objects if each.sop_class_uid.endswith("104.1")]
    assert encapsulated_document(pdf.content) == ("application/pdf", pages)
    import base64

    assert base64.b64encode(pages) in by_name["report.fhir.json"]
    assert pypdf.PdfReader(file.parent / _write(file.parent, pages)).get_fields()


def _write(folder: Path, pages: bytes) -> str:
    (folder / "report.pdf").write_bytes(pages)
    return "report.pdf"


def test_pages_that_are_left_out_ask_for_no_password(file: Path) -> None:
    maker = Forms(Grey(), (fhir_document,), lambda _: SITE, Certifying(lambda: str(file), Ring()))
    held, source = rich(text="\u0e44\u0e21\u0e48\u0e1e\u0e1a")  # Thai
    _, documents = maker.objects(held, source, [IMAGE], study(), (), ())
    assert [each.name for each in documents] == ["report.fhir.json"]


@pytest.mark.parametrize(
    ("password", "days", "ok", "words"),
    [
        (PASSWORD, 30, True, "password is asked for"),
        ("", 30, True, "PDFs are signed as Ana Vidal"),
        ("", 3, False, "expired"),
    ],
)
def test_doctor_tells_of_the_certificate(
    tmp_path: Path,
    issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
    days: int,
    ok: bool,
    words: str,
) -> None:
    monkeypatch.setattr(credentials, "secret", lambda *_: "")
    home = Home.at(tmp_path / "home")
    assert all(each.name != "Certificate" for each in examine(home))
    file = tmp_path / "reader.p12"
    start = utc_now() - timedelta(days=9)
    file.write_bytes(issuer.issue(password=password, start=start, days=days))
    Settings(home.settings_file).set("reader.certificate", str(file))
    (found,) = [each for each in examine(home) if each.name == "Certificate"]
    assert found.ok is ok
    assert words in found.words
