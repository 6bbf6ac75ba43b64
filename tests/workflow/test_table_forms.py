"""A table of the report says the same in every form that goes out."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pypdf

from tests.dicom.test_sr_reading import rich
from tests.workflow.test_forms import fhir_sections, forms, hl7_sections, of_fhir, of_hl7
from workstation.dicom.sr_reading import read_report
from workstation.domain.report_table import signed
from workstation.domain.wording import plain_text

DRAFT = (
    "Two nodules.\nLesion\t12 Mar 2026\tNow\tChange\n"
    "Upper lobe\t6.0 mm\t{{m:a}}\t{{t:change}}\nLingula\t\t{{m:b}}\t{{t:change}}\nNo effusion."
)
TEXT = signed(plain_text(DRAFT, {"m:a": "9.2 mm", "m:b": "4.0 mm"}))
CELLS = [
    ["Lesion", "12 Mar 2026", "Now", "Change"],
    ["Upper lobe", "6.0 mm", "9.2 mm", "+3.2 mm (+53 %)"],
    ["Lingula", "", "4.0 mm", ""],
]


def test_structured_report_fhir_and_hl7_hold_the_same_lines() -> None:
    held, source = rich(text=TEXT)
    objects, documents = forms(held, source)
    wanted = [(each.kind.value, each.text) for each in held.sections]
    assert any("| Upper lobe | 6.0 mm      | 9.2 mm | +3.2 mm" in text for _, text in wanted)
    report = read_report(objects["SR"].content).content
    assert [(each.kind.value, each.text) for each in report.sections] == wanted
    assert fhir_sections(of_fhir(documents["report.fhir.json"])) == wanted
    assert hl7_sections(of_hl7(documents["report.hl7"])) == wanted


def test_the_pages_draw_a_table_with_the_same_cells(tmp_path: Path) -> None:
    held, source = rich(text=TEXT)
    _, documents = forms(held, source)
    pages = documents["report.pdf"].content
    folder = Path(os.environ.get("NOCTURNE_PICTURES") or tmp_path)
    (folder / "table.pdf").write_bytes(pages)
    words = "\n".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pages)).pages)
    flat = " ".join(words.split())
    for row in CELLS:
        assert " ".join(cell for cell in row if cell) in flat
    assert "| Upper lobe" not in words
