"""What the reader signed before makes the next dictation better, and never less safe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.dictation import speech
from workstation.bootstrap import speech as built
from workstation.bootstrap.speech import SignedTexts, speech_parts
from workstation.dictation.writing import Writer
from workstation.domain.delivery import DeliveryState, DeliveryStep, OutboxEntry, OutgoingObject
from workstation.domain.dictation import Heard
from workstation.domain.identity import PersonName, Reader
from workstation.domain.report import Report, ReportState, Section, SectionKind
from workstation.settings import Home, Settings
from workstation.storage.database import Database
from workstation.storage.outbox import Outbox
from workstation.storage.vault import OpenVault
from workstation.workflow.macros import Macros

NOW = datetime(2026, 11, 24, 3, 2, tzinfo=UTC)
VIDAL, OTHER = Reader("R1", PersonName("Vidal^Ana")), Reader("R2", PersonName("Okafor^Ben"))


class Signed:
    """Reports on this disk."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder / "n.sqlite")
        self.outbox = Outbox(self.database, OpenVault())
        self._count = 0

    def sign(self, text: str, reader: Reader = VIDAL) -> None:
        self._count += 1
        number, when = self._count, NOW + timedelta(minutes=self._count)
        report = Report(
            f"r{number}", f"1.2.{number}", f"1.9.{number}", state=ReportState.FINAL,
            signed_at=when, revision=1, signed_by=reader,
            sections=(Section(SectionKind.FINDINGS, text),),
        )  # fmt: skip
        entry = OutboxEntry(
            f"e{number}", f"r{number}", "a", f"1.9.{number}", f"1.8.{number}", f"1.2.{number}",
            "A, B", "4471", "CT", "Site", when, "Vidal", False,
            DeliveryState.WAITING, DeliveryStep.STORE,
            (OutgoingObject(f"1.5.{number}", "1.2.840", "Report (SR)", b"bytes"),),
        )  # fmt: skip
        self.outbox.sign(report, entry)

    def newest(self, reader: Reader = VIDAL) -> list[str]:
        return list(SignedTexts(self.outbox, reader).newest())


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[Signed]:
    made = Signed(tmp_path)
    yield made
    made.database.close()


def scribe(home: Path, own: list[str]) -> Writer:
    parts = speech_parts(Home(home), Settings(), Macros())
    made = parts.scribe((), own)
    assert isinstance(made, Writer)
    made.prepare()
    return made


def text_of(writer: Writer, said: str) -> str:
    heard = Heard(tuple(speech.heard(said, 0.6)), 1.0, "test")
    return writer.write(writer.mend(heard)).text


def test_a_word_of_a_signed_report_mends_what_sounds_like_it(
    signed: Signed, tmp_path: Path
) -> None:
    assert not [each for each in speech.phrases().all if "cystoides" in each]
    before = text_of(scribe(tmp_path, signed.newest()), "there is pneumatosis sistoides")
    assert "cystoides" not in before
    signed.sign("Pneumatosis cystoides intestinalis without free gas.")
    after = text_of(scribe(tmp_path, signed.newest()), "there is pneumatosis sistoides")
    assert "pneumatosis cystoides" in after


def test_numbers_negation_and_sides_stay_whatever_was_signed(
    signed: Signed, tmp_path: Path
) -> None:
    signed.sign("No acute fracture of the left radius. Seventeen millimeter cyst.")
    writer = scribe(tmp_path, signed.newest())
    for said in ("no cute fracture", "fracture of the right radius", "seventy millimeter cyst"):
        written = text_of(writer, said).lower()
        assert "acute" not in written
        assert "left" not in written
        assert "17" not in written


def test_the_newest_come_first_and_those_of_others_not_at_all(signed: Signed) -> None:
    signed.sign("Older.")
    signed.sign("Not mine.", OTHER)
    signed.sign("Newer.")
    assert signed.newest() == ["Newer.", "Older."]
    assert signed.newest(OTHER) == ["Not mine."]


def test_no_more_is_read_than_is_worth_it(
    signed: Signed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        signed.sign(f"word{number} " * 10)
    monkeypatch.setattr(built, "OWN_LETTERS", 100)
    kept = signed.newest()
    assert sum(map(len, kept)) == 100
    assert kept[0].startswith("word3")
    monkeypatch.setattr(built, "OWN_PHRASES", 2)
    many = scribe(tmp_path, ["Alphaword. Betaword. Gammaword."]).phrases
    assert "alphaword" in many
    assert "gammaword" not in many


def test_a_wrong_line_among_the_readers_phrases_leaves_the_others_and_is_told(
    tmp_path: Path,
) -> None:
    (tmp_path / "phrases.txt").write_bytes(b"pneumatosis cystoides\nM\xe9ni\xe8re\n")
    made = scribe(tmp_path, [])
    assert made.phrases[0] == "pneumatosis cystoides"
    assert made.refused is not None
    assert "line 2 is no text in UTF-8" in made.refused.sentence()


def test_a_file_of_phrases_that_cannot_be_read_leaves_those_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "phrases.txt").mkdir()
    made = scribe(tmp_path, [])
    assert made.phrases == speech.phrases().all
    assert made.refused is not None
    assert "cannot be read" in made.refused.sentence()
