"""Work items as reading tasks: what stands in PS3.4 Table CC.2.5-3, and tolerance for the rest."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.services.scripted import STUDY, WORKITEM, workitem
from workstation.domain.delivery import CompletionRecord, OutputReference
from workstation.domain.errors import ServiceAnswerInvalid
from workstation.domain.identity import PersonName, Reader, Sex
from workstation.domain.reading_task import (
    InputReadiness,
    Priority,
    ProcedureStepState,
    TaskEventKind,
)
from workstation.services import dicom_json as dj
from workstation.services import events, task_mapping


def value(vr: str, *held: Any) -> dict[str, Any]:
    return {"vr": vr, "Value": list(held)}


def test_every_attribute_of_the_table_is_read() -> None:
    task = task_mapping.reading_task(
        workitem(
            **{
                "00100010": value("PN", {"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎"}),
                "00100020": value("LO", "4471"),
                "00100021": value("LO", "BRENNAN"),
                "00100030": value("DA", "19650302"),
                "00100040": value("CS", "F"),
                "00404011": value("DT", "20261124032100.5+0100"),
                "00404005": value("DT", "202611240300-0530"),
                "00741204": value("LO", "Read CT head"),
                "00741202": value("LO", "NIGHT"),
                "00400400": value("LT", "Fell from a ladder."),
                "00404034": value(
                    "SQ",
                    {
                        "00404009": value("SQ", {"00080100": value("SH", "OSEI")}),
                        "00404037": value("PN", {"Alphabetic": "Osei^B"}),
                        "00404036": value("LO", "Night group"),
                    },
                ),
                "00404021": value(
                    "SQ",
                    {
                        "0020000D": value("UI", STUDY),
                        "00080060": value("CS", "CT"),
                        "00180015": value("CS", "HEAD"),
                        "00080020": value("DA", "20261124"),
                        "00080030": value("TM", "025130"),
                        "00201208": value("IS", "212"),
                    },
                ),
                "0040A370": value(
                    "SQ",
                    {
                        "00080050": value("SH", "A17"),
                        "00321060": value("LO", "CT head without contrast"),
                        "00401002": value("LO", "Sudden headache"),
                        "00321033": value("LO", "Brennan General"),
                        "00321032": value("PN", {"Alphabetic": "Oyelaran^M"}),
                    },
                ),
                "00741224": value("SQ", {"00081155": value("UI", "1.2.3.899")}),
            }
        ),
        "night",
    )
    assert task.patient.name == PersonName("Yamada^Tarou", "山田^太郎")
    assert task.patient.key == ("BRENNAN", "4471")
    assert task.patient.birth_date == date(1965, 3, 2)
    assert task.patient.sex is Sex.FEMALE
    assert task.deadline == datetime(2026, 11, 24, 2, 21, 0, 500000, tzinfo=UTC)
    offset = timezone(-timedelta(hours=5, minutes=30))
    assert task.scheduled_start == datetime(2026, 11, 24, 3, 0, tzinfo=offset)
    assert task.study_datetime == datetime(2026, 11, 24, 2, 51, 30)
    assert task.instances_expected == 212
    assert task.scheduled_performer is not None
    assert (task.scheduled_performer.code, task.scheduled_performer.organization) == (
        "OSEI",
        "Night group",
    )
    assert (task.procedure, task.reason, task.site, task.accession_number) == (
        "CT head without contrast",
        "Sudden headache",
        "Brennan General",
        "A17",
    )
    assert (task.modality, task.body_part, task.worklist_label) == ("CT", "HEAD", "NIGHT")
    assert task.clinical_notes == "Fell from a ladder."
    assert task.referrer.family == "Oyelaran"
    assert task.replaces_workitem_uid == "1.2.3.899"
    assert task.priority is Priority.STAT


def test_an_absent_attribute_is_unknown() -> None:
    task = task_mapping.reading_task(
        {"00080018": value("UI", WORKITEM), "00741000": value("CS", "SCHEDULED")}, "night"
    )
    assert task.deadline is None
    assert task.instances_expected is None
    assert task.study_instance_uid == ""
    assert task.patient.sex is Sex.UNKNOWN
    assert task.readiness is InputReadiness.READY
    assert task.scheduled_performer is None


def test_the_expiration_is_the_deadline_where_no_completion_is_expected() -> None:
    task = task_mapping.reading_task(
        workitem(**{"00404008": value("DT", "20261124040000+0000")}), "night"
    )
    assert task.deadline == datetime(2026, 11, 24, 4, tzinfo=UTC)


def test_a_time_without_offset_is_in_the_zone_of_its_data_set() -> None:
    task = task_mapping.reading_task(
        workitem(**{"00080201": value("SH", "+0300"), "00404011": value("DT", "20261124040000")}),
        "night",
    )
    assert task.deadline == datetime(2026, 11, 24, 1, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026", "20261340", "now", "20261124250000", "9" * 40])
def test_a_time_that_is_none_is_unknown(written: str) -> None:
    assert dj.moment(written, UTC) is None


@pytest.mark.parametrize("spelled", ["CANCELLED", "CANCELED"])
def test_both_spellings_of_canceled_are_read(spelled: str) -> None:
    task = task_mapping.reading_task(workitem(**{"00741000": value("CS", spelled)}), "night")
    assert task.state is ProcedureStepState.CANCELED


def test_a_work_item_without_state_or_uid_is_refused() -> None:
    with pytest.raises(ServiceAnswerInvalid):
        task_mapping.reading_task({"00080018": value("UI", WORKITEM)}, "night")
    with pytest.raises(ServiceAnswerInvalid):
        task_mapping.reading_task({"00741000": value("CS", "SCHEDULED")}, "night")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text("+-.0129^=AÄ山 \0", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([tag for tag, _ in dj.TAGS.values()] + ["vr", "Value", "Alphabetic"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from([tag for tag, _ in dj.TAGS.values()]), JSON, max_size=8))
def test_no_answer_of_a_service_breaks_the_mapping(data: dict[str, Any]) -> None:
    data |= {"00080018": value("UI", WORKITEM), "00741000": value("CS", "IN PROGRESS")}
    assert task_mapping.reading_task(data, "night").workitem_uid == WORKITEM
    task_mapping.prior_study(data)
    task_mapping.task_event(data)


def test_a_completion_lists_every_output_with_performer_and_times() -> None:
    reader = Reader("VIDAL", PersonName("Vidal^A"), "Night group", "DESK1")
    record = CompletionRecord(
        reader,
        datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
        datetime(2026, 11, 24, 3, 9, tzinfo=UTC),
        (
            OutputReference(STUDY, "1.5", "1.2.840.10008.5.1.4.1.1.88.22", "1.5.1"),
            OutputReference(STUDY, "1.6", "1.2.840.10008.5.1.4.1.1.88.59", "1.6.1"),
        ),
    )
    update = task_mapping.completion_update(record, {}, "http://here/dicom-web")
    performed = dj.first_item(update, "UnifiedProcedureStepPerformedProcedureSequence")
    assert dj.text(performed, "PerformedProcedureStepStartDateTime") == "20261124030000+0000"
    assert dj.text(performed, "PerformedProcedureStepEndDateTime") == "20261124030900+0000"
    code = dj.first_item(performed, "PerformedWorkitemCodeSequence")
    assert (dj.text(code, "CodeValue"), dj.text(code, "CodingSchemeDesignator")) == (
        "110005",
        "DCM",
    )
    performer = task_mapping.performer(performed, "ActualHumanPerformersSequence")
    assert performer is not None
    assert (performer.code, performer.name.family) == ("VIDAL", "Vidal")
    outputs = dj.items(performed, "OutputInformationSequence")
    assert [dj.text(each, "SeriesInstanceUID") for each in outputs] == ["1.5", "1.6"]
    assert [
        dj.text(dj.first_item(each, "ReferencedSOPSequence"), "ReferencedSOPInstanceUID")
        for each in outputs
    ] == ["1.5.1", "1.6.1"]


def test_handing_back_carries_time_code_and_words() -> None:
    update = task_mapping.hand_back_update(
        "not my field", "wrong", datetime(2026, 11, 24, 3, tzinfo=UTC)
    )
    progress = dj.first_item(update, "ProcedureStepProgressInformationSequence")
    reason = dj.first_item(progress, "ProcedureStepDiscontinuationReasonCodeSequence")
    assert dj.text(reason, "CodeValue") == "110514"
    assert dj.text(progress, "ReasonForCancellation") == "not my field"
    assert dj.text(progress, "ProcedureStepCancellationDateTime") == "20261124030000+0000"


def test_event_reports_are_read_and_noise_is_passed_over() -> None:
    report = {"00001002": value("US", 2), "00001000": value("UI", WORKITEM)}
    found = events.events_of(json.dumps([report, {}, 7]))
    assert [(event.kind, event.workitem_uid) for event in found] == [
        (TaskEventKind.CANCEL_REQUESTED, WORKITEM)
    ]
    assert events.events_of("hello") == []
    assert events.events_of(b"\xff\xfe") == []
