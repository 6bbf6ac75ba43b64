"""Each spoken command, as recognised text through the controller to what it does in the window."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journey.conftest import Desk, Sit
from tests.journey.speaking import Speaker, Voice, caption_of, scripted
from workstation.domain.report import SectionKind
from workstation.phantoms import write_all


@pytest.fixture
def speaker(monkeypatch: pytest.MonkeyPatch) -> Speaker:
    return scripted(monkeypatch)


@pytest.fixture
def reading(speaker: Speaker, sit_down: Sit, tmp_path: Path) -> tuple[Desk, Voice]:
    """A CT of the chest, open, the keyboard at the images."""
    write_all(tmp_path / "served", only=("ct-chest",))
    desk = sit_down(tmp_path / "served")
    desk.tour.open(desk.tour.row(lambda row: row.task.modality == "CT", "the CT"))
    desk.tour.see_images()
    desk.tour.hands.press("F2")
    voice = speaker(desk)
    voice.ready()
    return desk, voice


def text(desk: Desk, kind: SectionKind = SectionKind.FINDINGS) -> str:
    return {each.kind: each.text for each in desk.tour.desk.panel.editor.sections()}[kind]


def unread(desk: Desk) -> str:
    """What nobody has looked at."""
    editor = desk.tour.desk.panel.editor
    return " ".join(
        editor.document().toPlainText()[each.start : each.end] for each in editor.review.waiting()
    )


def place(desk: Desk) -> SectionKind | None:
    editor = desk.tour.desk.panel.editor
    return editor.section_at(editor.textCursor().position())


def test_every_command_of_the_list_does_what_it_says(reading: tuple[Desk, Voice]) -> None:
    """One case, one command after the other: a case takes seconds to open."""
    desk, voice = reading
    window, tour = desk.tour.desk, desk.tour
    editor, images = window.panel.editor, window.room.images

    # fields: the selection goes from one to the next and back, the keyboard stays at the images
    hands = tour.hands.focus()
    first = editor.textCursor().selectedText()
    voice.command("next field")
    second = editor.textCursor().selectedText()
    assert second.startswith("[")
    assert second != first
    voice.command("previous field")
    assert editor.textCursor().selectedText() == first
    assert tour.hands.focus() is hands
    assert caption_of(window).startswith("✓")

    # sections
    for said, kind in (
        ("Go to impression.", SectionKind.IMPRESSION),
        ("go to the technique", SectionKind.TECHNIQUE),
        ("go to conclusion", SectionKind.IMPRESSION),
    ):
        voice.command(said)
        assert place(desk) is kind
    voice.command("go to addendum")
    assert "no section addendum" in caption_of(window)

    # words: macro, last sentence, capitals, undo, scratch that
    voice.command("go to impression")
    before = text(desk, SectionKind.IMPRESSION)
    voice.command("insert macro no acute abnormality")
    macro = tour.bench.reporting.macros.spoken("no acute abnormality")
    assert macro is not None
    assert macro.text in text(desk, SectionKind.IMPRESSION)
    assert text(desk, SectionKind.IMPRESSION) != before
    # what was said is not read yet, has no sound, and is the first that is taken back
    assert macro.text in unread(desk)
    voice.command("play that")
    assert "macro that was said" in caption_of(window)
    voice.command("scratch that")
    assert text(desk, SectionKind.IMPRESSION) == before
    voice.command("insert macro no acute abnormality")
    voice.say("small nodule in the right upper lobe period")
    assert text(desk, SectionKind.IMPRESSION).endswith("Small nodule in the right upper lobe.")
    voice.command("select last sentence")
    assert editor.textCursor().selectedText() == "Small nodule in the right upper lobe."
    voice.say("stable granuloma period")
    assert text(desk, SectionKind.IMPRESSION).endswith(" Stable granuloma.")
    voice.say("see note")
    voice.command("capitalise that")
    assert text(desk, SectionKind.IMPRESSION).endswith("Note")
    tour.hands.press("F6")
    voice.command("undo")
    assert text(desk, SectionKind.IMPRESSION).endswith("note")
    voice.command("scratch that")
    assert text(desk, SectionKind.IMPRESSION).endswith(" Stable granuloma.")

    # images: series, preset, measuring
    tour.hands.press("F2")
    shown = images.active.pane
    assert shown is not None
    voice.command("lung window")
    assert images.active.view.voi_name == "lung"
    voice.command("bone window")
    assert images.active.view.voi_name == "bone"
    voice.command("measure")
    assert images.tool == "length"
    frame = images.active.scene.frame if images.active.scene else None
    assert frame is not None
    middle = (frame.pixel_format.columns / 2, frame.pixel_format.rows / 2)
    tour.measure("L", middle, (middle[0] + 20, middle[1]))
    voice.command("insert measurement")
    assert "{{m:" in text(desk, SectionKind.IMPRESSION), caption_of(window)
    tour.hands.press("F2")
    voice.command("undo")
    assert not tour.marks().measurements()
    assert "{{m:" in text(desk, SectionKind.IMPRESSION)
    series = {each.identifier for each in shown.study.display_sets if each.frames}
    voice.command("next series")
    moved = images.active.pane
    assert moved is not None
    assert (moved.shown.identifier != shown.shown.identifier) == (len(series) > 1)

    # preview, and what is said then never signs
    voice.command("preview")
    tour.hands.wait(lambda: window.panel.signing_now, "the sign panel opens")
    voice.command("sign report")
    voice.command("sign and send")
    assert window.panel.signing_now
    assert not tour.bench.delivering.entries()
    voice.command("go to findings")
    assert not window.panel.signing_now
    assert place(desk) is SectionKind.FINDINGS


def test_sound_and_flash_answer_a_command_unless_both_are_switched_off(
    reading: tuple[Desk, Voice],
) -> None:
    desk, voice = reading
    window, settings = desk.tour.desk, desk.tour.bench.settings
    played: list[bool] = []
    window.spoken.chime.play = lambda *, done: played.append(done)  # type: ignore[method-assign]
    voice.command("next field")
    assert window.room.caption.flashing
    voice.command("the lungs are clear without effusion")
    assert played == [True, False]
    assert "No command sounds like" in caption_of(window)
    desk.tour.hands.wait(lambda: not window.room.caption.flashing, "the flash ends")
    settings.set("dictation.command_sound", False)
    settings.set("dictation.command_flash", False)
    voice.command("next field")
    assert played == [True, False]
    assert not window.room.caption.flashing
    assert caption_of(window).startswith("✓")


def test_words_that_are_commands_are_written_where_the_command_key_is_not_held(
    reading: tuple[Desk, Voice],
) -> None:
    desk, voice = reading
    voice.command("go to impression")
    voice.say("next series")
    assert text(desk, SectionKind.IMPRESSION).endswith("ext series")
