"""PS3.4 N.2 and PS3.3 A.33: a presentation state is the whole look of an image."""

from __future__ import annotations

import random
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pydicom.data
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.conformance.conforms import conforms
from tests.dicom import make, states
from workstation.cli import main
from workstation.dicom.presentation import open_state, presentation_of
from workstation.dicom.reading import read_object
from workstation.domain.errors import ReaderError
from workstation.domain.image import FrameDescription
from workstation.domain.presentation import (
    DisplayedArea,
    GraphicType,
    Presentation,
    SizeMode,
)
from workstation.domain.view import ViewState
from workstation.imaging.picture import presented, render
from workstation.imaging.placement import Placement
from workstation.imaging.shutters import hidden

#: 12-bit values of both signs over the whole range.
RAMP = (np.arange(64 * 48, dtype=np.int32) * 4095 // (64 * 48 - 1) - 2048).astype(np.int16)
RAMP = RAMP.reshape(48, 64)


def image(**values: Any) -> Dataset:
    own: dict[str, Any] = {
        "SOPClassUID": make.SECONDARY,
        "Modality": "OT",
        "BitsStored": 12,
        "HighBit": 11,
        "ConversionType": "WSD",
    }
    return make.image(RAMP, **{**own, **values})


def frame_of(dataset: Dataset) -> FrameDescription:
    return read_object(make.to_bytes(dataset)).frames[0]


def look(dataset: Dataset, state: Dataset) -> Presentation:
    return presentation_of(make.to_bytes(state), frame_of(dataset))


def picture(dataset: Dataset, state: Dataset) -> NDArray[np.uint8]:
    """What the state shows of the image's values."""
    frame, shown = frame_of(dataset), look(dataset, state)
    described, voi = presented(frame, shown)
    stored = RAMP if "PixelData" in dataset and dataset.SamplesPerPixel == 1 else None
    assert stored is not None
    return render(stored, described, voi, colour_map=shown.palette)


def ours_and_dcmtk(folder: Path, dataset: Dataset, state: Dataset) -> tuple[Any, Any]:
    if shutil.which("dcmp2pgm") is None:
        pytest.skip("dcmtk is not here")
    image_file, state_file = folder / "i.dcm", folder / "s.dcm"
    image_file.write_bytes(make.to_bytes(dataset))
    state_file.write_bytes(make.to_bytes(state))
    out, other = folder / "p.png", folder / "p.pgm"
    words = ["render", image_file, "--presentation-state", state_file, "--out", out]
    assert main([str(word) for word in words]) == 0
    command = ["dcmp2pgm", "--pstate", state_file, image_file, other]
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    ours, theirs = (cv2.imread(str(each), cv2.IMREAD_UNCHANGED) for each in (out, other))
    return ours.astype(int), theirs.astype(int)


def voi_lut() -> Sequence:
    entries = [int(value) for value in (np.arange(512) ** 2 // 1024)]
    table = states.item(LUTDescriptor=[512, 300, 8], LUTExplanation="square", LUTData=entries)
    table["LUTDescriptor"].VR = table["LUTData"].VR = "US"
    return Sequence([states.item(VOILUTSequence=Sequence([table]))])


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the identity where the state has no VOI, whatever window the image has": (
        {"WindowCenter": 40, "WindowWidth": 400},
        {},
    ),
    "a window of the state": ({}, {"SoftcopyVOILUTSequence": states.window(100, 900)}),
    "a window of the state on MONOCHROME1, which does not invert": (
        {"PhotometricInterpretation": "MONOCHROME1"},
        {"SoftcopyVOILUTSequence": states.window(-300, 1500)},
    ),
    "INVERSE": (
        {},
        {
            "SoftcopyVOILUTSequence": states.window(0, 2000),
            "PresentationLUTShape": "INVERSE",
        },
    ),
    "a rescale of the state": (
        {},
        {
            "RescaleSlope": 2,
            "RescaleIntercept": -100,
            "RescaleType": "US",
            "SoftcopyVOILUTSequence": states.window(500, 3000),
        },
    ),
    "a VOI LUT": ({}, {"SoftcopyVOILUTSequence": voi_lut()}),
}


@pytest.mark.parametrize("name", CASES)
@conforms("3 pipeline", "DCMTK dcmp2pgm")
def test_n_2_1_values_are_those_of_dcmtk(name: str, tmp_path: Path) -> None:
    own, shown = CASES[name]
    dataset = image(**own)
    ours, theirs = ours_and_dcmtk(tmp_path, dataset, states.state(dataset, **shown))
    assert np.abs(ours - theirs).max() <= 1


SHUTTERS: dict[str, dict[str, Any]] = {
    "rectangular": {
        "ShutterShape": "RECTANGULAR",
        "ShutterLeftVerticalEdge": 10,
        "ShutterRightVerticalEdge": 50,
        "ShutterUpperHorizontalEdge": 5,
        "ShutterLowerHorizontalEdge": 40,
    },
    "circular": {
        "ShutterShape": "CIRCULAR",
        "CenterOfCircularShutter": [24, 32],
        "RadiusOfCircularShutter": 15,
    },
    "polygonal": {
        "ShutterShape": "POLYGONAL",
        "VerticesOfThePolygonalShutter": [5, 10, 5, 50, 40, 30],
    },
}


def inside(shape: str, row: int, column: int) -> bool:
    """Whether a pixel, counted from 1 as the standard does, is seen: by its definition."""
    if shape == "rectangular":
        return 10 <= column <= 50 and 5 <= row <= 40
    if shape == "circular":
        return (row - 24) ** 2 + (column - 32) ** 2 <= 15**2
    corners = [(5, 10), (5, 50), (40, 30)]
    turns = []
    for (r0, c0), (r1, c1) in zip(corners, corners[1:] + corners[:1], strict=True):
        turns.append((r1 - r0) * (column - c0) - (c1 - c0) * (row - r0))
    return all(turn <= 0 for turn in turns) or all(turn >= 0 for turn in turns)


@pytest.mark.parametrize("shape", SHUTTERS)
@conforms("3 shutter", "analytic shapes")
def test_c_7_6_11_a_shutter_hides_what_lies_outside_of_its_shape(shape: str) -> None:
    dataset = image()
    state = states.state(
        dataset,
        SoftcopyVOILUTSequence=states.window(0, 4096),
        ShutterPresentationValue=0x8000,
        **SHUTTERS[shape],
    )
    shutter = look(dataset, state).shutter
    assert shutter is not None
    assert shutter.grey == 128
    wanted = np.array(
        [[not inside(shape, row, column) for column in range(1, 65)] for row in range(1, 49)]
    )
    np.testing.assert_array_equal(hidden(shutter, 48, 64), wanted)


def test_c_7_6_11_the_edges_of_a_rectangle_are_seen() -> None:
    dataset = image(**SHUTTERS["rectangular"])
    shutter = frame_of(dataset).shutter
    assert shutter is not None
    seen = ~hidden(shutter, 48, 64)
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (4, 39, 9, 49)


def test_n_2_3_a_pseudo_colour_state_colours_after_the_window() -> None:
    file = Path(pydicom.data.__file__).parent / "palettes" / "hotiron.dcm"
    palette = pydicom.dcmread(file)
    dataset = image()
    state = states.state(
        dataset,
        states.PSEUDO_COLOUR,
        SoftcopyVOILUTSequence=states.window(0, 2000),
    )
    for colour in ("Red", "Green", "Blue"):
        stem = f"{colour}PaletteColorLookupTable"
        for part in ("Descriptor", "Data"):
            state[f"{stem}{part}"] = palette[f"{stem}{part}"]
    ours = picture(dataset, state)
    reds = np.frombuffer(palette.RedPaletteColorLookupTableData, np.uint8)
    if palette.RedPaletteColorLookupTableDescriptor[2] == 16:
        reds = np.frombuffer(palette.RedPaletteColorLookupTableData, "<u2") >> 8
    unit = np.clip((RAMP - -0.5) / 1999 + 0.5, 0, 1)
    grey = np.floor(unit * 255 + 0.5).astype(int)
    np.testing.assert_array_equal(ours[..., 0], reds[grey])


def test_a_state_for_grey_does_not_apply_to_colour_nor_one_for_colour_to_grey() -> None:
    colour = make.image(np.zeros((4, 5, 3), np.uint8))
    with pytest.raises(ReaderError, match="colour image"):
        look(colour, states.state(colour))
    grey = image()
    with pytest.raises(ReaderError, match="grey image"):
        look(grey, states.state(grey, states.COLOUR))


def test_a_state_of_a_kind_that_is_not_applied_is_refused_by_name() -> None:
    dataset = image()
    state = states.state(dataset, "1.2.840.10008.5.1.4.1.1.11.6")
    assert open_state(make.to_bytes(state)).summary.label == "LOOK"
    with pytest.raises(ReaderError, match="not applied"):
        look(dataset, state)


@conforms("2 state", "PS3.4 N.2.1.3")
def test_a_window_is_for_the_images_that_it_names() -> None:
    dataset, other = image(), image(SOPInstanceUID=f"{make.ROOT}.77")
    held = [states.reference(dataset), states.reference(other)]
    state = states.state(dataset)
    state.ReferencedSeriesSequence[0].ReferencedImageSequence = Sequence(held)
    state.SoftcopyVOILUTSequence = Sequence(
        [
            states.item(
                WindowCenter=10, WindowWidth=20, ReferencedImageSequence=Sequence([held[1]])
            ),
            states.item(
                WindowCenter=30, WindowWidth=40, ReferencedImageSequence=Sequence([held[0]])
            ),
        ]
    )
    voi = look(dataset, state).voi
    assert (voi.center, voi.width) == (30, 40)  # type: ignore[union-attr]


@pytest.mark.parametrize("frames", [[1], [2, 3]])
def test_a_state_is_for_the_frames_that_it_names(frames: list[int]) -> None:
    dataset = make.image(np.zeros((3, 4, 5), np.int16))
    state = states.state(dataset)
    series = state.ReferencedSeriesSequence[0]
    series.ReferencedImageSequence = Sequence([states.reference(dataset, frames)])
    told = open_state(make.to_bytes(state)).summary
    held = read_object(make.to_bytes(dataset)).frames
    assert [told.refers_to(each.key) for each in held] == [n in frames for n in (1, 2, 3)]


def test_c_10_5_graphics_count_from_the_corner_of_the_first_pixel() -> None:
    dataset = image()
    state = states.state(dataset)
    held = [
        states.graphic("POLYLINE", [0.5, 0.5, 10.5, 20.5]),
        states.graphic("POINT", [0.25, 0.75], "DISPLAY"),
        states.graphic("MULTIPOINT", [1.5, 1.5, 2.5, 2.5]),
        states.graphic("CIRCLE", [5.5]),
    ]
    text = states.item(
        UnformattedTextValue="A note",
        AnchorPoint=[4.5, 6.5],
        AnchorPointAnnotationUnits="PIXEL",
        AnchorPointVisibility="Y",
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
    state.GraphicLayerSequence = Sequence(
        [states.layer(GraphicLayerRecommendedDisplayCIELabValue=[65535, 32896, 32896])]
    )
    shown = look(dataset, state)
    (layer,) = shown.layers
    assert layer.graphics[0].points == ((0.0, 0.0), (10.0, 20.0))
    assert layer.graphics[1].points == ((0.25, 0.75),)
    assert [each.kind for each in layer.graphics[1:]] == [GraphicType.POINT] * 3
    assert layer.texts[0].anchor == (4.0, 6.0)
    assert layer.rgb == (255, 255, 255)
    assert any("broken annotation" in words for words in shown.left_out)


def placed(area: DisplayedArea, view: ViewState | None = None, pitch: float | None = None) -> Any:
    return Placement.of(
        view or ViewState(),
        rows=48,
        columns=64,
        pixel_aspect=area.aspect or 1.0,
        width=400,
        height=300,
        area=area,
        pitch_mm=pitch,
    )


def test_c_10_4_scale_to_fit_fills_the_viewport_with_the_area() -> None:
    made = placed(DisplayedArea(16, 12, 31, 23))
    assert made.scale == pytest.approx(25)
    assert made.to_screen((15.5, 11.5)) == pytest.approx((-0.5, -0.5), abs=0.51)
    assert made.to_screen((31.5, 23.5)) == pytest.approx((399.5, 299.5), abs=0.51)


def test_c_10_4_the_area_turns_with_the_image() -> None:
    made = placed(DisplayedArea(16, 12, 27, 27), ViewState(rotation=90))
    # 12 columns by 16 rows, turned: 16 across and 12 down.
    assert made.scale == pytest.approx(25)


@conforms("3 area", "PS3.3 C.10.4")
def test_c_10_4_true_size_and_magnify() -> None:
    area = DisplayedArea(0, 0, 63, 47, SizeMode.TRUE_SIZE, 1.0, (0.5, 0.5))
    assert placed(area, pitch=0.25).scale == pytest.approx(2)
    magnified = replace(area, mode=SizeMode.MAGNIFY, magnification=3.0)
    assert placed(magnified).scale == pytest.approx(3)


def test_c_10_4_a_pixel_keeps_the_shape_that_the_state_gives_it() -> None:
    dataset = image()
    area = states.area(dataset, PresentationPixelAspectRatio=[2, 1])
    state = states.state(dataset, DisplayedAreaSelectionSequence=Sequence([area]))
    shown = look(dataset, state).area
    assert shown is not None
    assert shown.aspect == pytest.approx(2.0)


@conforms("3 spatial", "PS3.3 C.10.6")
def test_c_10_6_turning_comes_before_flipping() -> None:
    dataset = image()
    shown = look(dataset, states.state(dataset, ImageRotation=90, ImageHorizontalFlip="Y"))
    made = Placement.of(
        ViewState(rotation=shown.rotation, flipped=shown.flipped),
        rows=48,
        columns=64,
        pixel_aspect=1.0,
        width=480,
        height=640,
    )
    # Clockwise, the first pixel goes to the upper right; flipped, to the upper left.
    assert made.to_screen((0, 0)) == pytest.approx((4.5, 4.5), abs=1)
    assert made.to_screen((63, 0)) == pytest.approx((4.5, 634.5), abs=1)


def test_c_11_7_only_activated_overlays_are_drawn() -> None:
    dataset = image()
    state = states.state(dataset)
    bits = np.zeros((48, 64), np.uint8)
    bits[3, 5] = 1
    for element, vr, value in (
        (0x0010, "US", 48),
        (0x0011, "US", 64),
        (0x0040, "CS", "G"),
        (0x0050, "SS", [1, 1]),
        (0x0100, "US", 1),
        (0x0102, "US", 0),
        (0x3000, "OW", np.packbits(bits.ravel(), bitorder="little").tobytes()),
    ):
        state.add_new((0x6000, element), vr, value)
    assert look(dataset, state).overlays is None
    state.add_new((0x6000, 0x1001), "CS", "MARKS")
    state.add_new((0x6002, 0x1001), "CS", "MARKS")
    drawn = look(dataset, state).overlays
    assert drawn is not None
    assert drawn.groups == (0x6002,)
    assert drawn.bits is not None
    assert list(zip(*np.nonzero(drawn.bits), strict=True)) == [(3, 5)]


def rich(dataset: Dataset) -> Dataset:
    """A state with something of everything."""
    held = [states.graphic("ELLIPSE", [30, 30, 60, 30, 45, 20, 45, 40])]
    note = states.item(GraphicLayer="MARKS", GraphicObjectSequence=Sequence(held))
    return states.state(
        dataset,
        SoftcopyVOILUTSequence=voi_lut(),
        RescaleSlope=2,
        RescaleIntercept=-100,
        ShutterPresentationValue=0,
        GraphicAnnotationSequence=Sequence([note]),
        GraphicLayerSequence=Sequence([states.layer()]),
        ImageRotation=90,
        ImageHorizontalFlip="Y",
        **SHUTTERS["polygonal"],
    )


@pytest.mark.parametrize("seed", range(10))
def test_a_damaged_state_is_refused_by_name_and_never_anything_else(seed: int) -> None:
    dataset = image()
    whole = make.to_bytes(rich(dataset))
    frame, dice = frame_of(dataset), random.Random(seed)
    refused = 0
    for turn in range(60):
        content = bytearray(whole)
        for _ in range(dice.choice((1, 3, 20))):
            content[dice.randrange(132, len(content))] = dice.randrange(256)
        if turn % 3 == 0:
            del content[dice.randrange(200, len(content)) :]
        try:
            read_object(bytes(content))
            shown = presentation_of(bytes(content), frame)
            described, voi = presented(frame, shown)
        except ReaderError:
            refused += 1
            continue
        assert render(RAMP, described, voi, colour_map=shown.palette).shape[:2] == RAMP.shape
    assert 0 < refused < 60


def test_an_annotation_far_outside_of_any_image_is_left_out_and_said() -> None:
    dataset = image()
    held = [states.graphic("POLYLINE", [0, 0, 1e30, 5])]
    note = states.item(GraphicLayer="MARKS", GraphicObjectSequence=Sequence(held))
    shown = look(dataset, states.state(dataset, GraphicAnnotationSequence=Sequence([note])))
    assert shown.layers == ()
    assert any("far outside" in words for words in shown.left_out)
