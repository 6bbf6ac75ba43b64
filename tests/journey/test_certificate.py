"""The certificate at the real window: its password is asked for where the signature waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit

from tests.dicom.certificates import Issuer
from tests.dicom.test_pdf_signature import of_pyhanko
from tests.journey.conftest import Desk, Sit
from tests.journey.test_first_read import read_back
from workstation.domain.clock import utc_now
from workstation.domain.report import SectionKind
from workstation.phantoms import write_all
from workstation.storage import credentials

#: typed by the test, which can type ASCII alone
PASSWORD = "quay-street-7031"


class NoRing:
    """A system without a keyring."""

    def secret(self, service_id: str, kind: str) -> str:
        return ""

    def remember(self, service_id: str, kind: str, value: str) -> bool:
        return False


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("secret", "remember"):
        monkeypatch.setattr(credentials, name, getattr(NoRing(), name))


def written(sit_down: Sit, tmp_path: Path, certificate: bytes) -> Desk:
    """A report that is ready to be signed, with a certificate in the settings."""
    folder = tmp_path / "served"
    write_all(folder, only=("us-abdomen",))
    file = tmp_path / "reader.p12"
    file.write_bytes(certificate)
    desk = sit_down(folder)
    tour = desk.tour
    desk.demo.settings.set("reader.certificate", str(file))
    tour.open(tour.row(lambda each: each.task.modality == "US", "the ultrasound"))
    tour.see_images()
    tour.write(SectionKind.FINDINGS, "Simple cyst of the left kidney.")
    tour.write(SectionKind.IMPRESSION, "Simple cyst.")
    tour.saved()
    tour.hands.press("Ctrl+Return")
    panel = tour.desk.panel
    tour.hands.wait(lambda: panel.signing_now, "the sign panel opens")
    for finding in panel.sign_panel.open_findings:
        panel.sign_panel._settle(finding)
    return desk


def test_a_wrong_password_keeps_the_report_and_the_right_one_signs_it(
    sit_down: Sit, tmp_path: Path
) -> None:
    issuer = Issuer()
    desk = written(
        sit_down, tmp_path, issuer.issue(password=PASSWORD, start=utc_now() - timedelta(days=1))
    )
    tour, hands = desk.tour, desk.tour.hands
    panel = tour.desk.panel
    row, sign = panel.sign_panel.password, panel.sign_panel
    hands.press("Ctrl+Return")
    hands.wait(row.isVisible, "the password is asked for")
    assert row.line.echoMode() is QLineEdit.EchoMode.Password
    hands.picture("certificate-password")
    hands.type("wrong")
    hands.press("Return")
    hands.wait(lambda: "does not open" in sign._state.text(), "a wrong password says so")
    assert row.isVisible()
    assert tour.bench.delivering.entries() == ()
    assert "left kidney" in panel.editor.sections()[3].text, "the report is there"
    hands.type(PASSWORD)
    hands.press("Return")
    hands.wait(lambda: len(tour.bench.delivering.entries()) == 1, "it is signed")
    hands.wait(
        lambda: tour.bench.delivering.entries()[0].state.value == "delivered", "it is delivered"
    )
    (entry,) = tour.bench.delivering.entries()
    pdf = next(each for each in entry.objects if each.sop_class_uid.endswith("104.1"))
    stored = read_back(desk, replace(entry, objects=(pdf,)))
    pages = bytes(stored.EncapsulatedDocument)[: stored.EncapsulatedDocumentLength]
    assert of_pyhanko(pages, issuer)[0] is True
    for file in desk.demo.home.root.rglob("*"):
        assert not file.is_file() or PASSWORD.encode() not in file.read_bytes(), file.name


def test_an_expired_certificate_signs_nothing_and_the_draft_stays(
    sit_down: Sit, tmp_path: Path
) -> None:
    desk = written(
        sit_down, tmp_path, Issuer().issue(password="", start=utc_now() - timedelta(days=9), days=3)
    )
    tour, hands = desk.tour, desk.tour.hands
    panel = tour.desk.panel
    hands.press("Ctrl+Return")
    hands.wait(lambda: "expired" in panel.sign_panel._state.text(), "the expiry is told")
    assert not panel.sign_panel.password.isVisible(), "no password helps here"
    assert tour.bench.delivering.entries() == ()
    desk.demo.settings.set("reader.certificate", "")
    hands.press("Ctrl+Return")
    hands.wait(lambda: len(tour.bench.delivering.entries()) == 1, "without it the report is signed")
