"""Nothing received is hidden, and what is shown together belongs together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.conformance.conforms import conforms
from tests.dicom import make
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import ReceivedObject, read_object
from workstation.domain.study import DisplaySet, DisplaySetKind, NotShown


def read(*datasets: Any) -> list[ReceivedObject]:
    return [read_object(make.to_bytes(dataset)) for dataset in datasets]


def sets(*datasets: Any) -> tuple[DisplaySet, ...]:
    (study,) = build_studies(read(*datasets))
    assert study.received == study.shown + len(study.not_shown)
    return study.display_sets


@conforms("8 order", "PS3.3 C.7.6.2.1.1")
def test_slices_stand_along_the_normal_whatever_their_numbers_say() -> None:
    positions = [4.0, 0.0, 2.0, 6.0]
    (shown,) = sets(*(make.slice_of(i, z) for i, z in enumerate(positions)))
    assert shown.kind is DisplaySetKind.VOLUME
    assert [frame.instance_number for frame in shown.frames] == [2, 3, 1, 4]
    assert shown.volume is not None
    assert shown.volume.spacing_mm == (2.0, 0.5, 0.5)
    assert shown.volume.slice_positions_mm == (0.0, 2.0, 4.0, 6.0)


def test_a_missing_slice_is_counted_and_the_volume_keeps_true_positions() -> None:
    (shown,) = sets(*(make.slice_of(i, z) for i, z in enumerate([0, 2, 4, 8, 10])))
    assert shown.missing_slices == 1
    assert shown.missing_positions_mm == (6.0,)
    assert shown.volume is not None
    assert shown.volume.slice_positions_mm == (0.0, 2.0, 4.0, 8.0, 10.0)
    assert "missing" in shown.problems[0]


def test_tilt_is_measured_from_positions_and_not_from_the_tag() -> None:
    slices = [
        make.slice_of(i, 3.0 * i, ImagePositionPatient=[0, 1.0 * i, 3.0 * i], GantryDetectorTilt=0)
        for i in range(4)
    ]
    (shown,) = sets(*slices)
    assert shown.volume is not None
    assert shown.volume.shear_degrees == pytest.approx(18.435, abs=0.001)
    assert any("tilted" in problem for problem in shown.problems)


def test_two_orientations_are_two_sets() -> None:
    axial = [make.slice_of(i, i) for i in range(3)]
    sagittal = [
        make.slice_of(
            10 + i,
            0,
            ImageOrientationPatient=[0, 1, 0, 0, 0, -1],
            ImagePositionPatient=[float(i), 0, 0],
        )
        for i in range(3)
    ]
    assert [len(shown.frames) for shown in sets(*axial, *sagittal)] == [3, 3]


@pytest.mark.parametrize(
    ("keyword", "values"),
    [
        ("EchoTime", (10.0, 80.0)),
        ("EchoNumbers", (1, 2)),
        ("InversionTime", (150.0, 2500.0)),
        ("TriggerTime", (20.0, 420.0)),
        ("FrameReferenceTime", (0.0, 60000.0)),
        ("DiffusionBValue", (0.0, 1000.0)),
        ("DiffusionGradientOrientation", ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])),
        ("TemporalPositionIdentifier", (1, 2)),
        ("AcquisitionNumber", (1, 2)),
        ("ImageType", (["ORIGINAL", "PRIMARY", "M"], ["ORIGINAL", "PRIMARY", "P"])),
        ("ImageType", (["DERIVED", "PRIMARY", "DIXON", "W"], ["DERIVED", "PRIMARY", "DIXON", "F"])),
        ("ConvolutionKernel", ("H30s", "H70s")),
    ],
)
@conforms("8 duplicates", "the attribute that was set")
def test_repeated_positions_part_by_what_made_them_differ(keyword: str, values: Any) -> None:
    slices = [
        make.slice_of(10 * part + i, 5.0 * i, **{keyword: value})
        for part, value in enumerate(values)
        for i in range(4)
    ]
    shown = sets(*slices)
    assert [each.kind for each in shown] == [DisplaySetKind.VOLUME] * 2
    assert all(len(each.frames) == 4 for each in shown)


@pytest.mark.parametrize(
    ("group", "creator", "element", "vr", "values"),
    [
        # Siemens (0019,100C), GE (0043,1039) with a thousand million added, Philips (2001,1003).
        (0x0019, "SIEMENS MR HEADER", 0x0C, "IS", ("0", "1000")),
        (0x0043, "GEMS_PARM_01", 0x39, "IS", (["0", "8", "0", "0"], ["1000001000", "8", "0", "0"])),
        (0x2001, "Philips Imaging DD 001", 0x03, "FL", (0.0, 1000.0)),
    ],
)
@conforms("8 duplicates", "the private b-value that was set")
def test_repeated_positions_part_by_the_b_value_of_each_maker(
    group: int, creator: str, element: int, vr: str, values: tuple[Any, Any]
) -> None:
    slices = []
    for part, value in enumerate(values):
        for i in range(4):
            one = make.slice_of(10 * part + i, 5.0 * i, Modality="MR")
            one.private_block(group, creator, create=True).add_new(element, vr, value)
            slices.append(one)
    shown = sets(*slices)
    assert [(each.kind, len(each.frames)) for each in shown] == [(DisplaySetKind.VOLUME, 4)] * 2
    assert ["1000" in each.description for each in shown] == [False, True]
    assert not any("repeat" in problem for each in shown for problem in each.problems)


@conforms("8 duplicates", "count of instances")
def test_unexplained_repetitions_are_shown_apart_and_said() -> None:
    slices = [make.slice_of(10 * part + i, 5.0 * i) for part in range(2) for i in range(4)]
    shown = sets(*slices)
    assert [len(each.frames) for each in shown] == [4, 4]
    assert all("repeat" in each.problems[0] for each in shown)


def test_one_place_over_time_is_a_cine_in_the_order_of_time() -> None:
    slices = [make.slice_of(i, 0.0, TriggerTime=float(100 - 10 * i)) for i in range(5)]
    (shown,) = sets(*slices)
    assert shown.kind is DisplaySetKind.CINE
    assert [frame.instance_number for frame in shown.frames] == [5, 4, 3, 2, 1]


def test_a_frame_of_reference_for_every_image_does_not_tear_the_series() -> None:
    slices = [make.slice_of(i, i, FrameOfReferenceUID=f"2.25.77.{i + 1}") for i in range(5)]
    (shown,) = sets(*slices)
    assert shown.kind is DisplaySetKind.VOLUME
    assert "frame of reference" in shown.problems[0]


def test_two_frames_of_reference_with_several_images_each_are_two_sets() -> None:
    slices = [
        make.slice_of(10 * part + i, i, FrameOfReferenceUID=f"2.25.77.{part + 1}")
        for part in range(2)
        for i in range(4)
    ]
    assert len(sets(*slices)) == 2


def test_a_second_file_of_one_instance_is_listed_as_a_duplicate() -> None:
    slices = [make.slice_of(0, 0), make.slice_of(1, 1), make.slice_of(1, 1)]
    (study,) = build_studies(read(*slices))
    assert (study.received, study.shown) == (3, 2)
    assert "Duplicate" in study.not_shown[0].reason


def test_localizers_stand_apart() -> None:
    scout = make.slice_of(9, 50.0, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    shown = sets(*(make.slice_of(i, i) for i in range(3)), scout)
    assert [each.is_localizer for each in shown] == [False, True]


@settings(deadline=None, max_examples=30)
@given(st.permutations(range(9)), st.integers(1, 9))
def test_a_display_set_keeps_its_name_while_the_series_arrives(
    order: list[int], arrived: int
) -> None:
    objects = read(
        *(make.slice_of(i, i) for i in range(6)),
        *(
            make.slice_of(
                10 + i,
                0,
                ImageOrientationPatient=[0, 1, 0, 0, 0, -1],
                ImagePositionPatient=[float(i), 0, 0],
            )
            for i in range(3)
        ),
    )

    def names(held: list[ReceivedObject]) -> dict[str, str]:
        (study,) = build_studies(held)
        return {
            uid: shown.identifier for shown in study.display_sets for uid in shown.sop_instance_uids
        }

    whole = names(objects)
    some = names([objects[index] for index in order[:arrived]])
    assert some == {uid: whole[uid] for uid in some}


def test_an_sr_is_a_document_that_can_be_read() -> None:
    dataset = make.image(SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11", Modality="SR")
    for keyword in ("PixelData", "Rows", "Columns"):
        del dataset[keyword]
    dataset.VerificationFlag = "VERIFIED"
    finding, concept, title = Dataset(), Dataset(), Dataset()
    concept.CodeMeaning, title.CodeMeaning = "Finding", "Radiology Report"
    finding.ValueType, finding.TextValue = "TEXT", "No bleed."
    finding.ConceptNameCodeSequence = Sequence([concept])
    image = Dataset()
    image.ValueType = "IMAGE"
    dataset.ContentSequence = Sequence([finding, image, image])
    dataset.ConceptNameCodeSequence = Sequence([title])
    (shown,) = sets(dataset)
    assert shown.kind is DisplaySetKind.DOCUMENT
    (document,) = shown.documents
    assert document.title == "Radiology Report"
    assert document.text == "Verified\nFinding: No bleed.\n(2 images referenced)"


def test_two_patients_in_one_study_are_said() -> None:
    (study,) = build_studies(read(make.slice_of(0, 0), make.slice_of(1, 1, PatientID="OTHER")))
    assert "more than one patient" in study.problems[0]


_SLICE = st.fixed_dictionaries(
    {
        "index": st.integers(0, 12),
        "position": st.sampled_from([0.0, 1.0, 2.0, 2.004, 3.0, 7.5]),
        "series": st.integers(1, 2),
        "study": st.integers(1, 2),
        "kind": st.sampled_from(["CT", "scout", "plan", "secondary", "cine", "broken"]),
        "echo": st.sampled_from([None, 10.0, 20.0]),
        "reference": st.sampled_from(["2.25.1", "2.25.2"]),
    }
)


def _made(values: dict[str, Any]) -> ReceivedObject:
    own: dict[str, Any] = {
        "SeriesInstanceUID": f"2.25.90.{values['study']}.{values['series']}",
        "StudyInstanceUID": f"2.25.91.{values['study']}",
        "FrameOfReferenceUID": values["reference"],
    }
    if values["echo"] is not None:
        own["EchoTime"] = values["echo"]
    kind = values["kind"]
    if kind == "scout":
        own["ImageType"] = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    if kind == "broken":
        own["Rows"] = 4000
    dataset = make.slice_of(values["index"], values["position"], **own)
    if kind == "plan":
        dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.481.5"
        for keyword in ("PixelData", "Rows", "Columns"):
            del dataset[keyword]
    if kind == "secondary":
        dataset.SOPClassUID = make.SECONDARY
        del dataset["ImagePositionPatient"]
    if kind == "cine":
        dataset.NumberOfFrames = 2
        dataset.PixelData = dataset.PixelData * 2
    return read_object(make.to_bytes(dataset))


@settings(deadline=None, max_examples=60)
@given(st.lists(_SLICE, max_size=14), st.integers(0, 2))
@conforms("8 count", "count of instances (hypothesis)")
def test_received_is_shown_and_not_shown_whatever_arrives(
    arrived: list[dict[str, Any]], unreadable: int
) -> None:
    broken = [NotShown(f"{number}.dcm", "", "broken") for number in range(unreadable)]
    studies = build_studies([_made(values) for values in arrived], broken)
    assert sum(study.received for study in studies) == len(arrived) + unreadable
    for study in studies:
        assert study.received == study.shown + len(study.not_shown)
        keys = [frame.key for shown in study.display_sets for frame in shown.frames]
        assert len(keys) == len(set(keys))
        named = [uid for shown in study.display_sets for uid in shown.sop_instance_uids]
        assert len(named) == len(set(named))


def test_a_whole_slide_says_that_its_frames_are_tiles() -> None:
    tile = np.zeros((2, 4, 4, 3), np.uint8)
    made = make.image(tile[0], SOPClassUID="1.2.840.10008.5.1.4.1.1.77.1.6", Modality="SM")
    made.NumberOfFrames, made.PixelData = 2, tile.tobytes()
    (study,) = build_studies([read_object(make.to_bytes(made))])
    (shown,) = study.display_sets
    assert len(shown.frames) == 2
    assert any("tiles" in each for each in shown.problems)
    assert any("tiles" in each for each in shown.repairs)
