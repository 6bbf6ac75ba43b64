"""What a reader sees of presentation states, palettes, masks and own windows, with real keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu

from tests.dicom import make, states
from tests.gui.opening import Opener
from tests.gui.test_reading_room import Open
from tests.realdata import require
from workstation.domain.image import LookupTable, Window
from workstation.imaging.display_profile import DisplayProfile, output_table
from workstation.ui.viewport import overlay
from workstation.ui.viewport.scene import Scene

UID = f"{make.ROOT}.2"


def film(frames: int = 3) -> Dataset:
    """Each frame is a ramp and a block of its own that gets brighter by 100."""
    ramp = np.tile(np.arange(96, dtype=np.int16) * 8, (72, 1))
    pixels = np.stack([ramp] * frames)
    for index in range(frames):
        pixels[index, 20:40, 30:60] += 100 * index
    made = make.image(pixels if frames > 1 else pixels[0], SOPClassUID=make.SECONDARY)
    made.Modality = "XA" if frames > 1 else "DX"
    made.WindowCenter, made.WindowWidth = [400, 300], [800, 200]
    made.WindowCenterWidthExplanation = ["usual", "narrow"]
    return made


def marked(image: Dataset, **values: Any) -> Dataset:
    state = states.state(
        image, SoftcopyVOILUTSequence=states.window(500, 400), ImageRotation=90, **values
    )
    held = [
        states.graphic("ELLIPSE", [30, 30, 60, 30, 45, 20, 45, 40]),
        states.graphic("POLYLINE", [10, 10, 30, 10, 30, 18]),
        states.graphic("CIRCLE", [70, 50, 80, 50]),
        states.graphic("INTERPOLATED", [8, 60, 16, 50, 24, 60, 32, 50]),
        states.graphic("POINT", [0.5, 0.9], "DISPLAY"),
    ]
    text = states.item(
        UnformattedTextValue="nodule 6 mm",
        AnchorPoint=[60, 30],
        AnchorPointAnnotationUnits="PIXEL",
        AnchorPointVisibility="Y",
        BoundingBoxTopLeftHandCorner=[64, 10],
        BoundingBoxBottomRightHandCorner=[90, 18],
        BoundingBoxAnnotationUnits="PIXEL",
        BoundingBoxTextHorizontalJustification="LEFT",
    )
    state.GraphicAnnotationSequence = Sequence(
        [
            states.item(
                GraphicLayer="MARKS",
                GraphicObjectSequence=Sequence(held),
                TextObjectSequence=Sequence([text]),
            )
        ]
    )
    state.GraphicLayerSequence = Sequence([states.layer()])
    return state


@pytest.fixture
def opened(opener: Opener) -> Callable[..., Open]:
    return opener.files


def scene(made: Open) -> Scene:
    built = made.active.built()
    assert built is not None
    return built


def words(made: Open) -> list[str]:
    viewport = made.active
    assert viewport.pane is not None
    return overlay.look_words(viewport.pane, viewport.view, scene(made))


def applied(made: Open) -> bool:
    made.active.grab()
    look = scene(made).look
    return look is not None and look.presentation is not None


def test_a_state_is_listed_applied_with_one_key_and_taken_off_again(
    opened: Callable[..., Open],
) -> None:
    image = film(1)
    made = opened(image, marked(image))
    assert words(made) == ["State LOOK, not applied: Y"]
    plain = scene(made).buffer
    made.key(Qt.Key.Key_Y)
    made.until(lambda: applied(made))
    assert words(made) == ["State LOOK"]
    assert made.active.view.rotation == 90
    voi = scene(made).voi
    assert isinstance(voi, Window)
    assert (voi.center, voi.width) == (500, 400)
    look = scene(made).look
    assert look is not None
    assert look.presentation is not None
    assert [len(layer.graphics) for layer in look.presentation.layers] == [5]
    made.key(Qt.Key.Key_BracketRight)
    assert words(made) == ["State LOOK, window changed"]
    made.key(Qt.Key.Key_Y)
    made.active.grab()
    assert words(made) == ["State LOOK, not applied: Y"]
    assert made.active.view.rotation == 0
    np.testing.assert_array_equal(scene(made).buffer, plain)


def test_annotations_of_a_state_are_painted_and_go_with_the_overlays(
    opened: Callable[..., Open],
) -> None:
    image = film(1)
    made = opened(image, marked(image))
    made.key(Qt.Key.Key_Y)
    made.until(lambda: applied(made))
    with_marks = made.active.grab().toImage()
    made.key(Qt.Key.Key_O)
    without = made.active.grab().toImage()
    # The end of the polyline, one of its corners and a place that no annotation touches.
    for point, differs in (((9.5, 9.5), True), ((29.5, 9.5), True), ((80.5, 60.5), False)):
        at = made.active.to_screen(point).toPoint()
        assert (with_marks.pixel(at) != without.pixel(at)) is differs


def test_the_own_windows_follow_one_another_on_one_key(opened: Callable[..., Open]) -> None:
    made = opened(film(1))

    def centers() -> tuple[float, str]:
        voi = scene(made).voi
        assert isinstance(voi, Window)
        return voi.center, voi.explanation

    assert centers() == (400, "usual")
    made.key(Qt.Key.Key_1)
    assert centers() == (300, "narrow")
    made.key(Qt.Key.Key_1)
    assert centers() == (400, "usual")


def test_a_film_without_a_window_has_one_for_all_of_its_frames(
    opened: Callable[..., Open],
) -> None:
    image = film(3)
    del image.WindowCenter, image.WindowWidth, image.WindowCenterWidthExplanation
    # A spark in the last frame alone.
    image.PixelData = image.PixelData[:-2000] + np.full(1000, 3000, np.int16).tobytes()
    made = opened(image)
    first = scene(made).voi
    made.key(Qt.Key.Key_End)
    made.until(lambda: scene(made).voi != first)
    made.pictures_there()
    last = scene(made).voi
    assert isinstance(first, Window)
    assert isinstance(last, Window)
    assert last.center + last.width / 2 == pytest.approx(3000, abs=2)
    assert last.explanation == "auto"
    made.key(Qt.Key.Key_Home)
    made.pictures_there()
    made.active.grab()
    assert scene(made).voi == last


#: Without a window manager a menu cannot take the keyboard.
@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_menu_names_windows_states_and_palettes(opened: Callable[..., Open]) -> None:
    image = film(1)
    made = opened(image, marked(image))
    made.key(Qt.Key.Key_Q)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    titles = [action.text().split("\t")[0] for action in menu.actions() if action.text()]
    assert titles[0] == "Window"
    assert any(title.startswith("usual") for title in titles)
    assert "LOOK, as the test wants it" in titles
    chosen = next(action for action in menu.actions() if action.text() == "Hot iron")
    chosen.trigger()
    menu.close()
    made.active.grab()
    assert words(made)[-1] == "Colours: Hot iron"
    buffer = scene(made).buffer
    assert buffer is not None
    assert buffer.ndim == 3


def test_a_mask_is_subtracted_and_said(opened: Callable[..., Open]) -> None:
    made = opened(film(3))
    made.key(Qt.Key.Key_Down)
    made.key(Qt.Key.Key_Down)
    made.pictures_there()
    made.key(Qt.Key.Key_D, Qt.KeyboardModifier.ShiftModifier)

    def difference() -> bool:
        made.active.grab()
        return scene(made).buffer is not None and "Mask subtracted: frame 1" in words(made)

    made.until(difference)
    shown, placement = scene(made).buffer, scene(made).placement
    assert shown is not None
    assert placement is not None

    def at(column: float, row: float) -> int:
        x, y = placement.to_screen((column, row))
        return int(shown[round(y), round(x)])

    # The block is the only thing that changed: the ramp behind it is gone.
    assert at(45, 30) > at(10, 60) == at(90, 60)
    # The window from the data is that of the difference, not that of the film.
    made.key(Qt.Key.Key_BracketRight)
    made.key(Qt.Key.Key_0)
    made.until(difference)
    np.testing.assert_array_equal(scene(made).buffer, shown)


def test_a_lut_of_the_image_is_named_in_the_menu(opened: Callable[..., Open]) -> None:
    image = film(1)
    table = states.item(LUTDescriptor=[256, 0, 8], LUTExplanation="soft", LUTData=list(range(256)))
    table["LUTDescriptor"].VR = table["LUTData"].VR = "US"
    image.VOILUTSequence = Sequence([table])
    made = opened(image)
    voi = scene(made).voi
    assert isinstance(voi, LookupTable)
    (_, lines), *_ = made.room.verbs.choices()
    assert [line.title.split("   ")[0] for line in lines[:3]] == ["LUT soft", "usual", "narrow"]
    assert [line.chosen for line in lines[:3]] == [True, False, False]
    # A window that the reader makes of it is one over its inputs, and is written as a window.
    made.key(Qt.Key.Key_BracketRight)
    changed = scene(made).voi
    assert isinstance(changed, Window)
    assert (changed.center, changed.width) == (128, pytest.approx(256 * 1.2))


def test_a_real_state_is_shown_as_render_shows_it(opener: Opener) -> None:
    from workstation.dicom.presentation import presentation_of
    from workstation.imaging.picture import presented, render

    folder = require("gspr-luts")
    made = opener.folder(folder, "1.2.276.0.7230010.3.200.6")
    made.key(Qt.Key.Key_Y)
    made.until(lambda: applied(made))
    made.key(Qt.Key.Key_Equal)
    built = scene(made)
    assert built.frame is not None
    assert built.buffer is not None
    assert built.placement is not None
    frame, voi = presented(built.frame, presentation_of(folder / "prLUTs.dcm", built.frame))
    stored = made.bench.frames.fetch(built.frame.key)
    wanted = render(stored, frame, voi)
    x, y = built.placement.to_screen((0, 0))
    left, top = round(x + 1e-6), round(y + 1e-6)
    cut = built.buffer[max(0, top) : top + 512, max(0, left) : left + 512]
    part = wanted[max(0, -top) :, max(0, -left) :][: cut.shape[0], : cut.shape[1]]
    np.testing.assert_array_equal(cut, part)


def test_a_measured_display_gets_driving_levels_and_a_picture_stays_p_values(
    opened: Callable[..., Open],
) -> None:
    made = opened(film(1))
    table = output_table(DisplayProfile(0.5, 350.0, 0.3))
    made.bench.presenting.output = table
    made.key(Qt.Key.Key_1)
    made.key(Qt.Key.Key_1)
    shown = made.active.grab().toImage()
    built = scene(made)
    assert built.buffer is not None
    assert built.placement is not None
    for column in (20, 48, 70):
        x, y = built.placement.to_screen((column, 60))
        level = built.buffer[round(y), round(x)]
        assert shown.pixelColor(round(x), round(y)).red() == table[level]
    assert np.any(table != np.arange(256))


def test_true_size_makes_a_millimetre_of_the_object_one_of_the_screen(
    opened: Callable[..., Open],
) -> None:
    image = film(1)
    image.PixelSpacing = [0.4, 0.4]
    made = opened(image)
    made.bench.presenting.pixel_pitch_mm = 0.2
    made.key(Qt.Key.Key_U)
    placement = scene(made).placement
    assert placement is not None
    assert placement.scale == pytest.approx(2.0)


def stack(series: int, modality: str, value: int, count: int, step: float) -> list[Dataset]:
    """Axial slices with a square of one value in the middle, 64 mm across."""
    made = []
    size = int(64 / step)
    for index in range(count):
        pixels = np.zeros((size, size), np.int16)
        pixels[size // 4 : 3 * size // 4, size // 4 : 3 * size // 4] = value
        one = make.slice_of(index, 4.0 * index, PixelSpacing=[step, step])
        one.Rows = one.Columns = size
        one.PixelData = pixels.tobytes()
        one.ImagePositionPatient = [step / 2, step / 2, 4.0 * index]
        one.SeriesInstanceUID = f"{make.ROOT}.3.{series}"
        one.SOPInstanceUID = f"{make.ROOT}.4.{series}.{index}"
        one.Modality, one.SeriesNumber = modality, series
        made.append(one)
    return made


def blending(below: list[Dataset], over: list[Dataset]) -> Dataset:
    def item(position: str, held: list[Dataset], center: float, width: float) -> Dataset:
        series = states.item(
            SeriesInstanceUID=held[0].SeriesInstanceUID,
            ReferencedImageSequence=Sequence([states.reference(each) for each in held]),
        )
        return states.item(
            BlendingPosition=position,
            StudyInstanceUID=UID,
            ReferencedSeriesSequence=Sequence([series]),
            SoftcopyVOILUTSequence=states.window(center, width),
        )

    state = states.state(below[0], "1.2.840.10008.5.1.4.1.1.11.4", RelativeOpacity=0.5)
    del state.ReferencedSeriesSequence
    state.BlendingSequence = Sequence(
        [item("UNDERLYING", below, 500, 1000), item("SUPERIMPOSED", over, 50, 100)]
    )
    for colour, top in (("Red", 255), ("Green", 0), ("Blue", 0)):
        stem = f"{colour}PaletteColorLookupTable"
        setattr(state, f"{stem}Descriptor", [256, 0, 8])
        state[f"{stem}Descriptor"].VR = "US"
        setattr(state, f"{stem}Data", bytes(index * top // 255 for index in range(256)))
    return state


def test_a_blending_state_lays_one_series_over_the_other(opened: Callable[..., Open]) -> None:
    below, over = stack(1, "CT", 1000, 6, 1.0), stack(2, "MR", 100, 6, 2.0)
    made = opened(*below, *over, blending(below, over))
    viewport = next(
        each
        for each in made.room.images.grid.shown
        if each.pane is not None and each.pane.shown.modality == "CT"
    )
    made.room.images.grid.activate(viewport)
    made.key(Qt.Key.Key_Y)

    def over_it() -> bool:
        made.active.grab()
        buffer = scene(made).buffer
        return buffer is not None and buffer.ndim == 3

    made.until(over_it)
    buffer, placement = scene(made).buffer, scene(made).placement
    assert buffer is not None
    assert placement is not None
    x, y = placement.to_screen((32, 32))
    assert buffer[round(y), round(x)].tolist() == pytest.approx([255, 128, 128], abs=1)
    x, y = placement.to_screen((4, 32))
    assert buffer[round(y), round(x)].tolist() == [0, 0, 0]
    assert words(made) == ["State LOOK", "S2  MR over it, 50 %, interpolated"]


def test_two_states_are_named_with_the_key_that_switches_between_them(
    opened: Callable[..., Open],
) -> None:
    image = film(1)
    one, two = marked(image), marked(image, ContentLabel="BONE")
    two.SOPInstanceUID = f"{make.ROOT}.9.2"
    made = opened(image, one, two)
    assert words(made) == ["States LOOK, BONE, not applied: Y"]
    for expected in ("State LOOK, 1 of 2: Y", "State BONE, 2 of 2: Y"):
        made.key(Qt.Key.Key_Y)
        made.until(lambda expected=expected: applied(made) and words(made)[0] == expected)  # type: ignore[misc]
    made.key(Qt.Key.Key_Y)
    assert words(made) == ["States LOOK, BONE, not applied: Y"]


@pytest.mark.parametrize(
    ("kind", "named"), [("6", "planar MPR"), ("8", "advanced blending"), ("9", "volume rendering")]
)
def test_a_state_for_volumes_is_named_on_the_images_that_it_is_made_for(
    opened: Callable[..., Open], kind: str, named: str
) -> None:
    """PS3.3 A.80 and the following: its images stand in sequences of its own inputs."""
    held = stack(1, "CT", 1000, 6, 1.0)
    state = states.state(held[0], f"1.2.840.10008.5.1.4.1.1.11.{kind}", ContentLabel="LIVER")
    del state.ReferencedSeriesSequence
    inside = states.item(
        ReferencedImageSequence=Sequence([states.reference(each) for each in held])
    )
    state.VolumetricPresentationStateInputSequence = Sequence([inside])
    made = opened(*held, state)
    sentence = f"State LIVER ({named}) is not applied"
    assert sentence in words(made)
    made.key(Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    made.until(lambda: scene(made).values is not None)
    assert sentence in words(made)
    said: list[str] = []
    made.room.images.said.connect(said.append)
    made.key(Qt.Key.Key_O, Qt.KeyboardModifier.ShiftModifier)
    made.key(Qt.Key.Key_Y)
    assert said == ["No presentation state came for this image that is applied."]


def test_wrong_measures_of_the_display_are_said_on_the_picture(
    opened: Callable[..., Open],
) -> None:
    from workstation.bootstrap.assembly import grey_display
    from workstation.settings import Settings

    wrong = Settings(overrides={"display.white_cd_m2": 50.0, "display.black_cd_m2": 60.0})
    profile, problem = grey_display(wrong)
    assert profile is None
    made = opened(film(1))
    made.bench.presenting.output_problem = problem
    made.key(Qt.Key.Key_1)
    look = scene(made).look
    assert look is not None
    assert look.warnings == ("Grey is left to the display: its measures contradict one another",)
