"""The signature covers who signed, as what, when, and every word, number and reference."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.dicom.test_report_objects import IMAGE, NOW, content
from tests.dicom.test_sr_reading import CALL
from workstation.domain.identity import PersonName, Reader, Role
from workstation.domain.report import ReportState, Section, SectionKind
from workstation.domain.report_content import Coded, Quantity, canonical

HELD = replace(content(before="1.2.3.9"), document_uid="1.2.3.100", critical=(CALL,))
OTHER = Reader("R1", PersonName("Vidal^Ana"), "Night Reading", role=Role.RESIDENT)


@pytest.mark.parametrize(
    "changed",
    [
        {"reader": replace(HELD.reader, name=PersonName("Vidal^Anna"))},
        {"reader": OTHER},
        {"reader": replace(HELD.reader, organization="Day Reading")},
        {"signed_at": NOW + timedelta(seconds=1)},
        {"state": ReportState.PRELIMINARY},
        {"document_uid": "1.2.3.101"},
        {"predecessor": replace(IMAGE, sop_instance_uid="1.2.3.8")},
        {"study": replace(HELD.study, accession_number="A1")},
        {"study": replace(HELD.study, patient=replace(HELD.study.patient, patient_id="1"))},
        {"sections": (*HELD.sections[:-1], replace(HELD.sections[-1], text="Word."))},
        {"sections": HELD.sections[:-1]},
        {"sections": (*HELD.sections, Section(SectionKind.ADDENDUM, "More.", "Vidal^Ana", NOW))},
        {"quantities": ()},
        {"quantities": (replace(HELD.quantities[0], value=17.062),)},
        {"quantities": (replace(HELD.quantities[0], unit=Coded("cm", "UCUM", "cm")),)},
        {"key_images": (), "key_frames": ()},
        {"critical": ()},
        {"critical": (replace(CALL, communication=None),)},
    ],
)
def test_each_change_is_another_signature(changed: dict[str, object]) -> None:
    assert replace(HELD, **changed).digest != HELD.digest  # type: ignore[arg-type]


def test_anybody_can_compute_it_again() -> None:
    """SHA-256 over JSON with sorted keys, as the manual of the format says."""
    held = json.loads(canonical(HELD))
    again = json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(again.encode()).hexdigest() == HELD.digest
    assert held["signature"] == ["Vidal^Ana", "Night Reading", "radiologist", "20261124T032107Z"]


def test_blanks_around_and_ends_of_lines_are_no_change() -> None:
    """DICOM pads text with blanks (PS3.5 6.2) and other forms end lines otherwise."""
    padded = tuple(replace(each, text=f" {each.text}\r\n") for each in HELD.sections)
    assert replace(HELD, sections=padded).digest == HELD.digest


def test_a_number_counts_to_a_thousandth() -> None:
    near: Quantity = replace(HELD.quantities[0], value=HELD.quantities[0].value + 0.00001)
    assert replace(HELD, quantities=(near,)).digest == HELD.digest
