"""Templates and macros of the reader's own: typed, checked, saved whole, taken over, handed on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.domain.identity import Sex
from workstation.domain.report import BODY, Section, SectionKind
from workstation.settings import Home, resources
from workstation.workflow import template_text
from workstation.workflow.macros import Macro, Macros, MacrosDamaged, load
from workstation.workflow.macros import parse as parse_macros
from workstation.workflow.template_files import macro_file, template_file
from workstation.workflow.template_preview import preview
from workstation.workflow.template_shelf import NotKept, TemplateShelf
from workstation.workflow.template_text import TemplateDraft, draft_of, read
from workstation.workflow.templates import ReportTemplate, Templates, parse

SHIPPED = resources() / "macros" / "macros.toml"
FINDINGS = SectionKind.FINDINGS


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path)


@pytest.fixture
def shelf(home: Home) -> TemplateShelf:
    templates = Templates(resources() / "templates", home.templates)
    macros, _ = load(SHIPPED, home.macros)
    return TemplateShelf(templates, macros, SHIPPED, home)


def draft(findings: str = "Lungs: [lungs]", **changes: object) -> TemplateDraft:
    held = TemplateDraft("mine", "Mine", "CT", "chest", texts={FINDINGS: findings})
    return replace(held, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "template", Templates(resources() / "templates").all(), ids=lambda each: each.name
)
def test_every_template_goes_through_the_form_and_the_file_unchanged(
    template: object, tmp_path: Path
) -> None:
    assert isinstance(template, ReportTemplate)
    typed, problems = read(draft_of(template))
    assert not problems
    assert typed == template
    path = tmp_path / f"{template.name}.toml"
    path.write_bytes(template_file(template).encode())
    assert parse(path) == template


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
)
def test_whatever_is_in_a_template_its_file_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, text: str, option: str
) -> None:
    path = tmp_path_factory.mktemp("t") / "any.toml"
    # A file has one kind of line end, and sections begin and end with words.
    text = "\n".join(text.replace("\r", "\n").split("\n")).strip()
    template = ReportTemplate(
        "any", "Any", frozenset(), frozenset(), (),
        tuple(Section(kind, text if kind is FINDINGS else "") for kind in BODY),
        frozenset(), {"a": (option,)},
    )  # fmt: skip
    path.write_bytes(template_file(template).encode())
    assert parse(path) == template


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Lungs: [lungs", "is never closed"),
        ("Lungs: lungs]", "without its ["),
        ("Lungs: [[lungs]]", "cannot stand in another"),
        ("Lungs: []", "needs a name"),
        ("{{patient.shoe}}", "no merge field {{patient.shoe}}"),
        ("{patient.person}", "two braces"),
        ("{{m:a1}}", "no merge field"),
    ],
)
def test_a_slip_is_said_in_words_at_its_line(line: str, words: str) -> None:
    template, problems = read(draft(f"Airways: [airways]\n{line}"))
    assert template is None
    (problem,) = problems
    assert (problem.place, problem.line) == ("findings", 2)
    assert words in problem.words


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"title": " "}, "title", "needs a name"),
        ({"modalities": "CT, x ray"}, "modalities", "no modality"),
        ({"first_year": "16"}, "ages", "two whole numbers"),
        ({"first_year": "20", "last_year": "10"}, "ages", "no range"),
        ({"texts": {}}, "findings", "No section holds a word"),
        ({"lists": {"heart": "Normal."}}, "list:heart", "No field [heart]"),
        ({"lists": {"lungs": "Clear, [x"}}, "list:lungs", "never closed"),
        ({"lists": {"lungs": "Clear.\n{{task.reason}}"}}, "list:lungs", "cannot stand in a list"),
    ],
)
def test_what_is_wrong_beside_the_text_is_said_at_its_place(
    changes: dict[str, object], place: str, words: str
) -> None:
    template, problems = read(draft(**changes))  # type: ignore[arg-type]
    assert template is None
    assert (problems[0].place, words in problems[0].words) == (place, True)


def test_a_list_begins_with_its_normal_statement_or_an_empty_line() -> None:
    template, _ = read(draft("[a] [b]", lists={"a": "Normal.\nEnlarged.", "b": "\nMild.\nSevere."}))
    assert template is not None
    assert template.normal("a") == "Normal."
    assert template.options["b"] == ("", "Mild.", "Severe.")
    assert template.normal("b") == ""


def test_fields_within_statements_can_have_lists_of_their_own() -> None:
    typed = draft("[a]", lists={"a": "Normal.\nLarge, [side].", "side": "right\nleft"})
    assert typed.fields == ("a", "side")
    template, problems = read(typed)
    assert not problems
    assert template is not None
    assert template.options["side"] == ("right", "left")


def test_the_preview_shows_a_case_that_fits_and_leaves_no_merge_field() -> None:
    for template in Templates(resources() / "templates").all():
        opened = preview(template, normal=False)
        assert not any("{{" in each.text for each in opened), template.name
        person = opened[0].text
        if template.sexes == {Sex.MALE}:
            assert "man" in person
            assert "woman" not in person
        if template.ages == (0, 15):
            assert "7-year-old girl" in person
    pet = Templates(resources() / "templates").get("pet-ct")
    assert pet is not None
    technique = preview(pet, normal=True)[2].text
    assert "Injected activity: 312 MBq" in technique
    assert "Dose of the CT: CTDIvol up to 12.5 mGy, DLP 596 mGy·cm." in technique


def test_a_copy_takes_the_place_of_the_shipped_one_until_it_is_deleted(
    shelf: TemplateShelf, home: Home
) -> None:
    shipped = shelf.templates.get("ct-chest")
    assert shipped is not None
    heard: list[int] = []
    shelf.listen(lambda: heard.append(1))
    shelf.save(replace(shipped, title="My chest"))
    assert shelf.templates.get("ct-chest") == replace(shipped, title="My chest")
    assert shelf.templates.is_own("ct-chest")
    held = shelf.delete("ct-chest")
    assert shelf.templates.get("ct-chest") == shipped
    shelf.restore("ct-chest", held)
    restored = shelf.templates.get("ct-chest")
    assert restored is not None
    assert restored.title == "My chest"
    assert len(heard) == 3
    assert (home.templates / "ct-chest.toml").stat().st_mode & 0o077 == 0


def test_a_disk_that_refuses_leaves_what_was_there(
    shelf: TemplateShelf, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = shelf.templates.get("ct-chest")
    assert shipped is not None
    shelf.save(replace(shipped, title="Before"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(NotKept, match="No space left") as refused:
        shelf.save(replace(shipped, title="After"))
    assert refused.value.means
    monkeypatch.undo()
    assert parse(home.templates / "ct-chest.toml").title == "Before"
    assert [each.name for each in home.templates.iterdir()] == ["ct-chest.toml"]


def test_a_broken_file_is_named_beside_the_others_and_can_be_deleted_and_brought_back(
    home: Home,
) -> None:
    home.templates.mkdir()
    broken = home.templates / "broken.toml"
    broken.write_bytes(b"title = \xff\xfe")
    templates = Templates(resources() / "templates", home.templates)
    macros, _ = load(SHIPPED, home.macros)
    shelf = TemplateShelf(templates, macros, SHIPPED, home)
    assert list(shelf.templates.broken) == ["broken.toml"]
    held = shelf.delete("broken")
    assert not shelf.templates.broken
    shelf.restore("broken", held)
    assert broken.read_bytes() == b"title = \xff\xfe"
    assert list(shelf.templates.broken) == ["broken.toml"]


def test_a_template_of_others_gets_a_free_name_and_keeps_its_licence(shelf: TemplateShelf) -> None:
    page = shelf.hand_on("ct-chest").encode()
    taken = shelf.take_over(page, "ct-chest")
    assert taken.template.name == "ct-chest-2"
    assert taken.licence == "Apache-2.0"
    held = shelf.templates.get("ct-chest-2")
    assert held is not None
    assert held.source == "The Nocturne authors, Apache-2.0"
    # Handed on again, the licence goes with it.
    assert "Apache-2.0" in shelf.hand_on("ct-chest-2")
    with pytest.raises(NotKept):
        shelf.hand_on("none-such")


def test_macros_are_saved_whole_and_act_at_once(shelf: TemplateShelf, home: Home) -> None:
    before = shelf.macros.get("nbrain")
    own = (
        Macro("nbrain", "normal brain", "My brain.\nTwo lines.", frozenset({"CT"}), "Mine"),
        Macro("zz", "", 'A "quoted" [field] \\ and ü.'),
    )
    shelf.save_macros(own)
    assert shelf.macros.get("nbrain") == own[0]
    assert parse_macros(home.macros) == own
    shelf.save_macros(())
    assert shelf.macros.get("nbrain") == before


def test_a_broken_file_of_macros_is_never_written_over(home: Home) -> None:
    home.macros.write_text("[[macro]]\nshortcut = ", encoding="utf-8")
    macros, problem = load(SHIPPED, home.macros)
    assert problem is not None
    templates = Templates(resources() / "templates", home.templates)
    shelf = TemplateShelf(templates, macros, SHIPPED, home)
    with pytest.raises(MacrosDamaged):
        shelf.save_macros((Macro("aa", "", "A."),))
    assert home.macros.read_text(encoding="utf-8") == "[[macro]]\nshortcut = "


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_whatever_a_macro_says_its_file_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    text = text.replace("\r", " ")
    if not text.strip():
        return
    path = tmp_path_factory.mktemp("m") / "macros.toml"
    path.write_bytes(macro_file((Macro("aa", "say", text),)).encode())
    assert [each.text for each in parse_macros(path)] == [text]


def test_macros_of_a_table_can_be_replaced() -> None:
    held = Macros((Macro("aa", "", "A."),))
    held.replace((Macro("bb", "", "B."),))
    assert [each.shortcut for each in held.all()] == ["bb"]


def test_places_of_the_form_are_no_sections() -> None:
    sections = {kind.value for kind in BODY}
    places = {template_text.TITLE, template_text.MODALITIES, template_text.AGES}
    assert not sections & places
