"""Templates of others (IHE MRRT): taken over tolerantly, and nothing of theirs that could act."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from workstation.domain.report import LOINC, SectionKind
from workstation.settings import resources
from workstation.workflow.mrrt import (
    Imported,
    NoTemplate,
    export_template,
    import_template,
)
from workstation.workflow.template_files import template_file
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
    written = template_file(import_template(FOREIGN.encode(), "x").template)
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
def test_ours_go_out_and_come_back_the_same(template: object) -> None:

    assert isinstance(template, ReportTemplate)
    page = export_template(template, publisher="The Nocturne authors", licence="Apache-2.0")
    back = import_template(page.encode(), template.name)
    assert back.licence == "Apache-2.0"
    assert replace(back.template, source="") == template
    document = lxml_html.document_fromstring(page)
    names = [each.get("data-section-name") for each in document.iter("section")]
    assert names == [each.kind.value for each in template.sections]
    for section in template.sections:
        if section.kind in LOINC:
            assert LOINC[section.kind][0] in page


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode()))
def test_any_file_is_taken_over_or_refused_and_never_a_defect(content: bytes) -> None:
    try:
        held = import_template(content, "x")
    except NoTemplate:
        return
    assert any(section.text for section in held.template.sections)


@pytest.mark.parametrize(
    "template", Templates(resources() / "templates").all(), ids=lambda t: t.name
)
def test_what_goes_out_is_a_page_of_the_profile(template: object) -> None:
    """IHE MRRT: one head script without code, sections with names, fields with types, unique ids,
    and the metadata that the profile asks for."""
    assert isinstance(template, ReportTemplate)
    page = export_template(template, publisher="P", licence="L")
    document = lxml_html.document_fromstring(page)
    meta = {each.get("name"): each.get("content") for each in document.iter("meta")}
    assert meta.keys() >= {
        f"dcterms.{name}"
        for name in ("title", "description", "identifier", "type", "language", "publisher")
    }
    assert meta["dcterms.type"] == "IMAGE_REPORT_TEMPLATE"
    assert meta["dcterms.license"] == "L"
    (script,) = document.iter("script")
    assert script.get("type") == "text/xml"
    attributes = etree.fromstring(script.text or "")
    assert attributes.tag == "template_attributes"
    ids = [each.get("id") for each in document.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    assert not any(" " in held for held in ids if held)
    for field in document.iter("input", "select"):
        assert field.get("name")
        assert field.get("data-field-type") in ("TEXT", "SELECTION_LIST")
    for section in document.iter("section"):
        assert section.get("data-section-required") in ("true", "false")


HOSTILE = [
    "<script>steal()</script>",
    "<svg><script>steal()</script><a xlink:href='javascript:steal()'>steal</a></svg>",
    "<img src=x onerror=steal()>",
    "<a href='javascript:steal()'>see</a>",
    "<iframe srcdoc='<script>steal()</script>'></iframe>",
    "<object data='data:text/html,steal()'></object>",
    "<style>@import url(http://example.org/steal.css)</style>",
    "<p style='background:url(http://example.org/steal)'>here</p>",
    "<form action='http://example.org/steal'><input type=submit value=steal></form>",
    "<math><mtext><script>steal()</script></mtext></math>",
    "<input type=hidden value='steal'>",
    "<meta http-equiv=refresh content='0;url=http://example.org/steal'>",
    "<!-- steal --><base href='http://example.org/steal'>",
    "<template><script>steal()</script></template>",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_hostile_comes_through_an_import_and_a_new_export(hostile: str) -> None:
    page = f"<body><section data-section-name='Findings'><p>Lungs clear.</p>{hostile}</section>"
    held = import_template(page.encode(), "x").template
    written = template_file(held) + export_template(held, publisher="", licence="")
    lowered = written.lower()
    assert "Lungs clear." in written
    for sign in ("steal(", "javascript:", "example.org", "onerror", "<iframe", "<img", "srcdoc"):
        assert sign not in lowered


def test_attributes_of_ours_in_a_foreign_file_open_no_door() -> None:
    page = (
        "<body><section data-section-name='Findings'>"
        "<input data-nocturne-merge='m:a1' name='x'>"
        "<input data-nocturne-merge='task.reason}}{{m:a1' name='y'>"
        "<select data-nocturne-list=1 name='z'><option>{{m:a1}} {{k:1.2:1}}</option></select>"
        "</section>"
    )
    held = import_template(page.encode(), "x").template
    assert "{{" not in held.text
    assert held.options == {"z": ("((m:a1)) ((k:1.2:1))",)}


def test_an_entity_that_grows_is_not_expanded() -> None:
    page = (
        '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c SYSTEM "file:///etc/passwd">]><body><p>Lungs &b; &c; clear.</p></body>'
    )
    held = import_template(page.encode(), "x").template
    assert "aaaa" not in held.text
    assert "root:" not in held.text


def test_markup_in_the_metadata_stays_words() -> None:
    page = (
        "<head><meta name=dcterms.title content='&lt;script&gt;steal()&lt;/script&gt;'>"
        "<meta name=dcterms.license content='javascript:steal()'></head><p>Clear.</p>"
    )
    held = import_template(page.encode(), "x")
    out = export_template(held.template, publisher="", licence=held.licence)
    document = lxml_html.document_fromstring(out)
    assert [each.get("type") for each in document.iter("script")] == ["text/xml"]
    assert held.licence == "javascript:steal()"


#: After the examples in the profile: names of sections and fields as published files write them.
SAMPLE = """<!DOCTYPE html><html><head><title>US Thyroid</title><meta charset="UTF-8"/>
<meta name="dcterms.title" content="US Thyroid"/>
<meta name="dcterms.license" content="CC0"/></head><body>
<section id="Procedure" class="level1" data-section-name="Procedure"><header>Procedure</header>
<p>Neck ultrasound with <select id="T1" name="probe" data-field-type="SELECTION_LIST"
 data-field-completion-action="ALERT"><option name="a" value="linear" selected>linear</option>
<option value="curved">curved</option></select> probe.</p></section>
<section id="Findings" class="level1" data-section-name="Findings"><header>Findings</header>
<p><label for="T2">Right lobe</label> <input type="number" id="T2" name="right lobe volume"
 data-field-type="NUMBER" data-field-units="ml" value=""> ml</p>
<p><textarea id="T3" name="nodules" data-field-type="TEXT">None.</textarea></p></section>
<section id="Impression" class="level1" data-section-name="Impression"><header>Impression</header>
<p><textarea id="T4" name="impression" data-field-completion-action="PROHIBIT"></textarea></p>
</section></body></html>"""


def test_a_file_as_the_profile_describes_it_is_read() -> None:
    held = import_template(SAMPLE.encode(), "thyroid")
    assert text_of(held, SectionKind.TECHNIQUE) == "Neck ultrasound with [probe] probe."
    # What the file preselects is the normal statement; the other choices stay.
    assert held.template.options == {"probe": ("linear", "curved")}
    assert held.template.normal("probe") == "linear"
    assert text_of(held, SectionKind.FINDINGS) == "Right lobe [right lobe volume] ml\nNone."
    assert text_of(held, SectionKind.IMPRESSION) == "[impression]"
    assert held.template.source == "CC0"
    assert held.template.modalities == {"US"}
    # A field without which the report may not be completed.
    assert held.template.required == {SectionKind.IMPRESSION}


def test_no_control_character_comes_with_a_template_of_others() -> None:
    page = b"<section data-section-name='Findings'><p>Li\x01v\x1ber\x7f \xc2\x85</p><select name=s>"
    read = import_template(page + b"<option>a\x02</option></select></section>", "controls").template
    written = "".join(each.text for each in read.sections) + "".join(*read.options.values())
    assert written == "Liver\n[s]a"


def test_signs_that_turn_what_is_read_around_are_left_out() -> None:
    page = "<section data-section-name='Findings'><p>Left \u202ekid\u00adney</p></section>"
    read = import_template(page.encode(), "turned").template
    (text,) = (each.text for each in read.sections if each.kind is SectionKind.FINDINGS)
    assert text == "Left kidney"
