"""The table of lesions: sizes of now are links, sizes of then are never guessed."""

from __future__ import annotations

from dataclasses import replace

from workstation.domain.image import CalibrationSource, FrameKey
from workstation.domain.measurement import MeasuredValue, Measurement, MeasurementKind
from workstation.domain.overlays import OverlayItem, SRMeasurement, SRMeasurements
from workstation.workflow.lesion_table import PriorSizes, lesion_table, newest_of, prior_sizes


def length(number: int, value: float, label: str = "", unit: str = "mm") -> Measurement:
    return Measurement(
        f"a{number}", number, MeasurementKind.LENGTH, "s/0", "1.2.3", FrameKey("1.2.3.4"),
        "S3/1", ((0.0, 0.0), (1.0, 0.0)), MeasuredValue(value, unit, CalibrationSource.PATIENT),
        label=label,
    )  # fmt: skip


def test_a_size_of_then_is_taken_by_name_alone() -> None:
    now = [length(1, 9.2, "Upper lobe"), length(2, 4.0)]
    prior = prior_sizes("12 Mar 2026", [length(1, 6.0, "upper lobe "), length(2, 3.0)], [])
    assert lesion_table(now, prior).split("\n") == [
        "Lesion\t12 Mar 2026\tNow\tChange",
        "Upper lobe\t6.0 mm\t{{m:a1}}\t{{t:change}}",
        "[lesion 2]\t[size then]\t{{m:a2}}\t{{t:change}}",
    ]
    assert prior.choices == ("6.0 mm", "3.0 mm")


def test_two_lesions_of_one_name_are_not_told_apart() -> None:
    prior = PriorSizes("12 Mar 2026", (("node", "6.0 mm"), ("Node", "8.0 mm")))
    assert "[size then]" in lesion_table([length(1, 9.2, "node")], prior)


def test_without_an_earlier_study_there_is_no_change() -> None:
    assert lesion_table([length(1, 9.2)], None) == "Lesion\tNow\n[lesion 1]\t{{m:a1}}"


def test_the_study_of_then_is_of_the_same_modality_where_there_is_one() -> None:
    radiograph = PriorSizes("23 Nov 2026", (("heart", "140.0 mm"),), alike=False)
    bare, measured = PriorSizes("23 Mar 2026"), PriorSizes("3 Jan 2026", (("node", "6.0 mm"),))
    assert newest_of([radiograph, bare]) is bare
    assert newest_of([radiograph, bare, measured]) is measured
    assert newest_of([radiograph]) is radiograph
    assert newest_of([]) is None


def test_what_has_no_size_in_mm_is_in_no_table() -> None:
    probe = replace(length(1, 40.0), result=MeasuredValue(40.0, "HU", CalibrationSource.NONE))
    assert lesion_table([probe, length(2, 17.0, unit="px")], None) == ""


def test_sizes_of_a_structured_report_are_taken_over_and_areas_are_not() -> None:
    group = SRMeasurement(
        OverlayItem(1, "Target 1", (255, 255, 0)),
        (("Length", "17.061 mm"), ("Area", "120 mm2"), ("Mean", "40 HU")),
    )
    found = prior_sizes("12 Mar 2026", [], [SRMeasurements((group,))])
    assert found.sizes == (("Target 1", "17.1 mm"),)
