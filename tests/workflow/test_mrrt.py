"""Templates of others (IHE MRRT): taken over tolerantly, and nothing of theirs that could act."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from workstation.domain.report import LOINC, SectionKind
from workstation.settings import resources
from workstation.workflow.mrrt import (
    Imported,
    NoTemplate,
    as_toml,
    export_template,
    import_template,
)
from workstation.workflow.templates import ReportTemplate, Templates, parse

FOREIGN = """<!DOCTYPE html><html><head><title>CT Chest Pain</title>
<meta name="dcterms.title" content="CT Chest Pain"/>
<meta name="dcterms.license" content="http://www.example.org/licence"/>
<meta name="dcterms.publisher" content="Example Society"/>
<link rel="stylesheet" href="http://example.org/x.css">
<script type="text/xml"><template_attributes><status>ACTIVE</status></template_attributes></script>
</head><body onload="steal()">
<section id="clinicalInformation" class="level1" data-section-name="Clinical Information">
<header class="level1">Clinical Information</header>
<p><textarea id="t1" name="Reason for exam" data-field-type="TEXTAREA"></textarea></p></section>
<section id="findings" data-section-name="Findings" data-section-required="true">
<header class="level1">Findings</header>
<p>Lungs: <select id="s1" name="lungs" data-field-type="SELECTION_LIST">
<option>Clear.</option><option>Nodule.</option></select></p>
<section data-section-name="Heart"><p>Heart: <input type="text" name="heart size" value=""> mm</p>
</section><script>steal()</script><img src="http://example.org/pixel.png" onerror="steal()">
<p>Aorta: <input type="text" name="aorta" value="normal"></p></section>
<section data-section-name="Impression"><p>1. <input type="text" name="conclusion"></p></section>
</body></html>"""


def text_of(imported: Imported, kind: SectionKind) -> str:
    return next(each.text for each in imported.template.sections if each.kind is kind)


def test_a_template_of_others_keeps_its_sections_fields_choices_and_licence() -> None:
    held = import_template(FOREIGN.encode(), "chest pain")
    assert held.licence == "http://www.example.org/licence"
    assert held.publisher == "Example Society"
    assert held.template.title == "CT Chest Pain"
    assert held.template.modalities == {"CT"}
    assert text_of(held, SectionKind.CLINICAL_INFORMATION) == "[Reason for exam]"
    assert text_of(held, SectionKind.FINDINGS) == (
        "Lungs: [lungs]\nHeart: [heart size] mm\nAorta: normal"
    )
    assert text_of(held, SectionKind.IMPRESSION) == "1. [conclusion]"
    assert held.template.options == {"lungs": ("", "Clear.", "Nodule.")}
    assert held.template.required == {SectionKind.FINDINGS}
    assert held.template.normal("lungs") == ""


def test_nothing_that_acts_or_reaches_out_is_taken_over(tmp_path: Path) -> None:
    written = as_toml(import_template(FOREIGN.encode(), "x"))
    for hostile in ("steal", "pixel.png", "x.css", "onload", "<"):
        assert hostile not in written
    path = tmp_path / "x.toml"
    path.write_text(written, encoding="utf-8")
    assert parse(path).source == "Example Society, http://www.example.org/licence"


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"<p>  </p>"])
def test_what_is_no_template_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(NoTemplate) as refused:
        import_template(content, "x")
    assert refused.value.remedy


def test_a_file_without_sections_is_taken_as_findings() -> None:
    held = import_template("<body><p>Größe: <input name='größe'> 肺</p></body>".encode(), "x")
    assert text_of(held, SectionKind.FINDINGS) == "Größe: [größe] 肺"


def test_brackets_and_braces_of_others_make_no_field_and_no_link() -> None:
    held = import_template(b"<body><p>See [1] and {{m:a1}} here</p></body>", "x")
    assert text_of(held, SectionKind.FINDINGS) == "See (1) and ((m:a1)) here"


@pytest.mark.parametrize(
    "template", Templates(resources() / "templates").all(), ids=lambda t: t.name
)
def test_ours_go_out_and_come_back_with_the_same_words(template: object) -> None:

    assert isinstance(template, ReportTemplate)
    page = export_template(template, publisher="The Nocturne authors", licence="Apache-2.0")
    back = import_template(page.encode(), template.name)
    assert back.licence == "Apache-2.0"
    assert back.template.title == template.title
    assert back.template.required == template.required
    for before, after in zip(template.sections, back.template.sections, strict=True):
        merged = before.text.replace("{{", "((").replace("}}", "))")
        assert after.text == merged, before.kind
    document = lxml_html.document_fromstring(page)
    names = [each.get("data-section-name") for each in document.iter("section")]
    assert names == [each.kind.value for each in template.sections]
    for section in template.sections:
        if section.kind in LOINC:
            assert LOINC[section.kind][0] in page


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode()))
def test_any_file_is_taken_over_or_refused_and_never_a_defect(content: bytes) -> None:
    try:
        held = import_template(content, "x")
    except NoTemplate:
        return
    assert any(section.text for section in held.template.sections)
