"""Critical results: what the words propose, and what a record of a call must hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workstation.domain.critical import CriticalCategory, CriticalResult, Means
from workstation.domain.errors import StateRefused
from workstation.domain.report import Report, Section, SectionKind
from workstation.settings import resources
from workstation.storage.criticals import Criticals
from workstation.storage.database import Database
from workstation.storage.vault import OpenVault
from workstation.workflow.critical import CriticalResults, proposals
from workstation.workflow.templates import Templates

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)


def report(findings: str, impression: str = "") -> Report:
    sections = (
        Section(SectionKind.CLINICAL_INFORMATION, "Fall. Pneumothorax?"),
        Section(SectionKind.FINDINGS, findings),
        Section(SectionKind.IMPRESSION, impression),
    )
    return Report("r", "1.2", "1.9", sections=sections)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Right pneumothorax.", ["Pneumothorax, right"]),
        ("Large left-sided pneumothorax with mediastinal shift.", ["Pneumothorax, left"]),
        ("Free air below the diaphragm.", ["Free air"]),
        ("Acute subdural haematoma on the left.", ["Subdural haematoma, left"]),
        ("Filling defects in both lower lobe arteries.", ["Pulmonary embolism, both sides"]),
        ("No pneumothorax.", []),
        ("No pneumothorax or free air.", []),
        ("No effusion. No pneumothorax, no haemothorax.", []),
        ("The pneumothorax has resolved.", []),
        ("Pneumothorax is not seen.", []),
        ("History of pneumothorax.", []),
        ("Old infarct in the left cerebellum.", []),
        ("Simple cyst of the liver.", []),
        ("Haemorrhage: None.\nFree air: [free air]", []),
        ("Free air: None seen; a supine film does not exclude it.", []),
        ("Free air: Present.", ["Free air"]),
        ("Lungs: No pneumothorax. Pleura: Free air.", ["Free air"]),
        ("No pneumothorax, but free intraperitoneal air.", ["Free air"]),
        ("Right pneumothorax. The right pneumothorax measures 2 cm.", ["Pneumothorax, right"]),
    ],
)
def test_findings_are_proposed_and_denials_are_not(text: str, found: list[str]) -> None:
    assert [each.finding for each in proposals(report(text), ())] == found


def test_what_the_clinic_asks_is_not_a_finding() -> None:
    assert proposals(report("Lungs clear."), ()) == ()


def test_what_was_noted_is_not_proposed_again() -> None:
    known = CriticalResult("c", "1.2", CriticalCategory.MINUTES, "Pneumothorax, right", NOW)
    assert proposals(report("Right pneumothorax."), (known,)) == ()


@pytest.mark.parametrize("name", [t.name for t in Templates(resources() / "templates").all()])
def test_no_template_proposes_anything_by_itself(name: str) -> None:
    template = Templates(resources() / "templates").get(name)
    assert template is not None
    assert proposals(Report("r", "1.2", "1.9", sections=template.sections), ()) == ()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[CriticalResults, Criticals, list[datetime]]]:
    database = Database(tmp_path / "n.sqlite")
    store, clock = Criticals(database, OpenVault()), [NOW]
    yield CriticalResults(store, lambda: clock[0]), store, clock
    database.close()


def test_a_result_is_on_the_disk_when_it_is_noted_and_open_until_somebody_was_told(
    desk: tuple[CriticalResults, Criticals, list[datetime]],
) -> None:
    results, store, clock = desk
    noted = results.note("1.2", " Pneumothorax, right ", CriticalCategory.MINUTES)
    assert store.all() == (noted,)
    assert noted.finding == "Pneumothorax, right"
    assert CriticalResults(store, lambda: NOW).open_results() == (noted,)
    clock[0] = NOW + timedelta(minutes=7)
    told = results.told(
        noted.identifier, told_by="VIDAL, Ana", told_to="Dr Oyelaran, ED",
        means=Means.TELEPHONE, read_back=True, told_at=clock[0],
    )  # fmt: skip
    assert results.open_results() == ()
    assert told.waiting(clock[0] + timedelta(hours=1)) == timedelta(minutes=7)
    assert store.all() == (told,)


def test_the_record_of_a_call_is_never_changed_or_dropped(
    desk: tuple[CriticalResults, Criticals, list[datetime]],
) -> None:
    results, store, _ = desk
    noted = results.note("1.2", "Free air", CriticalCategory.MINUTES)
    told = results.told(
        noted.identifier, told_by="VIDAL, Ana", told_to="Dr O", means=Means.IN_PERSON,
        read_back=False, told_at=NOW,
    )  # fmt: skip
    with pytest.raises(StateRefused):
        results.withdraw(noted.identifier)
    with pytest.raises(StateRefused):
        store.save(noted)
    assert store.all() == (told,)


def test_an_open_result_can_be_withdrawn(
    desk: tuple[CriticalResults, Criticals, list[datetime]],
) -> None:
    results, store, _ = desk
    noted = results.note("1.2", "Free air", CriticalCategory.MINUTES)
    results.withdraw(noted.identifier)
    assert store.all() == ()
    assert results.of("1.2") == ()


@pytest.mark.parametrize("minutes", [-2, 1])
def test_a_call_before_the_finding_or_in_the_future_is_refused(
    desk: tuple[CriticalResults, Criticals, list[datetime]], minutes: int
) -> None:
    results, store, _ = desk
    noted = results.note("1.2", "Free air", CriticalCategory.MINUTES)
    with pytest.raises(StateRefused):
        results.told(
            noted.identifier, told_by="V", told_to="O", means=Means.TELEPHONE, read_back=True,
            told_at=NOW + timedelta(minutes=minutes),
        )  # fmt: skip
    assert store.all() == (noted,)


def test_a_finding_was_found_when_the_reader_says_but_never_in_the_future(
    desk: tuple[CriticalResults, Criticals, list[datetime]],
) -> None:
    results, store, _ = desk
    earlier = NOW - timedelta(minutes=12)
    noted = results.note("1.2", "Free air", CriticalCategory.MINUTES, earlier)
    assert noted.found_at == earlier
    assert noted.waiting(NOW) == timedelta(minutes=12)
    with pytest.raises(StateRefused):
        results.note("1.2", "Rupture", CriticalCategory.HOURS, NOW + timedelta(minutes=1))
    assert store.all() == (noted,)
