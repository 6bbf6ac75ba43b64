"""UPS-RS, seen from outside (PS3.18 chapter 11, PS3.4 Annex CC)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydicom.dataset import Dataset

from tests.local_service import make
from workstation.local_service.running import RunningService

UID = "1.2.3.77"
OURS, THEIRS = "1.2.3.1001", "1.2.3.1002"


@pytest.fixture
def task(client: httpx.Client) -> str:
    """One work item that waits."""
    assert client.post(f"workitems?{UID}", json=[make.workitem()]).status_code == 201
    return f"workitems/{UID}"


def change(client: httpx.Client, state: str, transaction: str = OURS) -> httpx.Response:
    return client.put(f"workitems/{UID}/state", json=make.state(state, transaction))


def now(client: httpx.Client, uid: str = UID) -> Dataset:
    return Dataset.from_json(client.get(f"workitems/{uid}").json()[0])


@pytest.mark.parametrize(
    "query", [UID, f"workitem={UID}", f"AffectedSOPInstanceUID={UID}", f"Workitem={UID}"]
)
def test_a_work_item_is_created_under_each_spelling(client: httpx.Client, query: str) -> None:
    answer = client.post(f"workitems?{query}", json=make.workitem())
    assert answer.status_code == 201
    assert "warning" not in answer.headers
    assert answer.headers["location"].endswith(f"/dicom-web/workitems/{UID}")
    held = now(client)
    assert held.SOPClassUID == "1.2.840.10008.5.1.4.34.6.1"
    assert held.SOPInstanceUID == UID
    assert held.ProcedureStepState == "SCHEDULED"


def test_a_work_item_without_a_name_gets_one(client: httpx.Client) -> None:
    answer = client.post("workitems", json=make.workitem())
    assert client.get(answer.headers["location"]).status_code == 200


def test_a_sparse_work_item_is_filled_in_with_a_warning(client: httpx.Client) -> None:
    answer = client.post("workitems", json={"00741204": make.element("LO", "x")})
    assert answer.status_code == 201
    assert "created with modifications" in answer.headers["warning"]


@pytest.mark.usefixtures("task")
def test_a_known_uid_is_a_conflict(client: httpx.Client) -> None:
    assert client.post(f"workitems?{UID}", json=make.workitem("Other")).status_code == 409
    assert now(client).ProcedureStepLabel == "Read CT"


@pytest.mark.parametrize(
    "body",
    [
        make.workitem(**{"00741000": make.element("CS", "IN PROGRESS")}),
        make.workitem(**{"00081195": make.element("UI", OURS)}),
        make.workitem(**{"00741200": make.element("CS", "STAT")}),
        make.workitem(**{"00404041": make.element("CS", "SOON")}),
        {"no tag": 1},
        {"00741204": "text"},
        [],
        [make.workitem(), make.workitem()],
        7,
    ],
)
def test_a_work_item_against_the_rules_is_refused(client: httpx.Client, body: Any) -> None:
    assert client.post("workitems", json=body).status_code == 400
    assert client.get("workitems").status_code == 204


def test_bodies_that_are_no_json_are_refused(client: httpx.Client) -> None:
    json_type = {"Content-Type": "application/dicom+json"}
    assert client.post("workitems", content=b"{", headers=json_type).status_code == 400
    assert client.post("workitems", content=b"[" * 9000, headers=json_type).status_code == 400
    assert client.post("workitems", content=b" " * (5 << 20), headers=json_type).status_code == 413
    xml = {"Content-Type": "application/dicom+xml"}
    assert client.post("workitems", content=b"<a/>", headers=xml).status_code == 415


@pytest.mark.usefixtures("task")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ProcedureStepState=SCHEDULED", True),
        ("00741000=SCHEDULED&includefield=all", True),
        ("ProcedureStepState=COMPLETED", False),
        ("ProcedureStepState=IN%20PROGRESS", False),
        ("ProcedureStepLabel=Read*", True),
        ("WorklistLabel=NIGHT", False),
        ("PatientID=A1", True),
        ("PatientName=ASH*", True),
        ("ScheduledProcedureStepStartDateTime=20261124", True),
        ("ScheduledProcedureStepStartDateTime=20261124020000-20261124040000", True),
        ("ScheduledProcedureStepStartDateTime=20261124040000%2B0100", True),
        ("ScheduledProcedureStepStartDateTime=20261125-", False),
        ("ScheduledHumanPerformersSequence.HumanPerformerCodeSequence.CodeValue=R1", True),
        ("00404034.00404009.00080100=R2", False),
    ],
)
def test_work_items_are_matched(client: httpx.Client, query: str, found: bool) -> None:
    performer = make.sequence({"00404009": make.code("R1")})
    client.post(f"workitems/{UID}", json={"00404034": performer})
    answer = client.get(f"workitems?{query}")
    assert answer.status_code == (200 if found else 204)


def test_pages_of_work_items_join_to_the_whole(client: httpx.Client) -> None:
    for number in range(5):
        client.post(f"workitems?1.2.{number}", json=make.workitem())
    pages = [client.get(f"workitems?limit=2&offset={at}").json() for at in (0, 2, 4)]
    assert [each["00080018"]["Value"][0] for page in pages for each in page] == [
        f"1.2.{number}" for number in range(5)
    ]


def test_claim_progress_and_completion(client: httpx.Client, task: str) -> None:
    assert change(client, "IN PROGRESS").status_code == 200
    progress = {"00741002": make.sequence({"00741004": make.element("DS", 40)})}
    assert client.post(f"{task}?{OURS}", json=progress).status_code == 200
    assert now(client).ProcedureStepProgressInformationSequence[0].ProcedureStepProgress == 40
    assert client.post(f"{task}?transaction-uid={OURS}", json=make.performed()).status_code == 200
    assert change(client, "COMPLETED").status_code == 200
    assert now(client).ProcedureStepState == "COMPLETED"


@pytest.mark.parametrize(
    "spelling",
    ["transaction={}", "transaction-uid={}", "Transaction-uid={}", "TransactionUID={}", "{}"],
)
@pytest.mark.usefixtures("task")
def test_each_spelling_of_the_transaction_is_read(client: httpx.Client, spelling: str) -> None:
    change(client, "IN PROGRESS")
    path = f"workitems/{UID}?" + spelling
    label = {"00741204": make.element("LO", "Changed")}
    assert client.post(path.format(THEIRS), json=label).status_code == 409
    assert client.post(path.format(OURS), json=label).status_code == 200
    assert now(client).ProcedureStepLabel == "Changed"


@pytest.mark.usefixtures("task")
def test_the_transaction_may_stand_in_the_body_and_never_contradict(client: httpx.Client) -> None:
    change(client, "IN PROGRESS")
    body = {"00081195": make.element("UI", OURS)} | make.performed()
    assert client.post(f"workitems/{UID}", json=body).status_code == 200
    assert client.post(f"workitems/{UID}?{OURS}", json=body).status_code == 200
    assert client.post(f"workitems/{UID}?{THEIRS}", json=body).status_code == 400


@pytest.mark.usefixtures("task")
def test_transaction_uids_never_leave_the_service(client: httpx.Client) -> None:
    change(client, "IN PROGRESS")
    client.post(f"workitems/{UID}", json={"00081195": make.element("UI", OURS)} | make.performed())
    refusal = change(client, "COMPLETED", THEIRS)
    said = [client.get(f"workitems/{UID}"), client.get("workitems?includefield=all"), refusal]
    for answer in said:
        assert OURS not in answer.text + str(answer.headers)
        assert "00081195" not in answer.text


#: state before, state asked for, whose transaction, status and DIMSE code (PS3.4 Table CC.1.1-2)
TRANSITIONS = [
    ("SCHEDULED", "SCHEDULED", OURS, 409, "C303"),
    ("SCHEDULED", "IN PROGRESS", OURS, 200, ""),
    ("SCHEDULED", "COMPLETED", OURS, 409, "C310"),
    ("SCHEDULED", "CANCELED", OURS, 409, "C310"),
    ("IN PROGRESS", "SCHEDULED", OURS, 409, "C303"),
    ("IN PROGRESS", "IN PROGRESS", OURS, 409, "C302"),
    ("IN PROGRESS", "IN PROGRESS", THEIRS, 409, "C302"),
    ("IN PROGRESS", "COMPLETED", OURS, 200, ""),
    ("IN PROGRESS", "COMPLETED", THEIRS, 409, "C301"),
    ("IN PROGRESS", "CANCELED", OURS, 200, ""),
    ("IN PROGRESS", "CANCELED", THEIRS, 409, "C301"),
    ("COMPLETED", "SCHEDULED", OURS, 409, "C303"),
    ("COMPLETED", "IN PROGRESS", OURS, 409, "C300"),
    ("COMPLETED", "COMPLETED", OURS, 200, "B306"),
    ("COMPLETED", "COMPLETED", THEIRS, 409, "C301"),
    ("COMPLETED", "CANCELED", OURS, 409, "C300"),
    ("CANCELED", "IN PROGRESS", OURS, 409, "C300"),
    ("CANCELED", "COMPLETED", OURS, 409, "C300"),
    ("CANCELED", "CANCELED", OURS, 200, "B304"),
    ("CANCELED", "CANCELED", THEIRS, 409, "C301"),
]


@pytest.mark.usefixtures("task")
@pytest.mark.parametrize(("before", "then", "whose", "status", "code"), TRANSITIONS)
def test_the_state_table_is_kept(
    client: httpx.Client, before: str, then: str, whose: str, status: int, code: str
) -> None:
    if before != "SCHEDULED":
        change(client, "IN PROGRESS")
        both = make.performed() | make.given_up()
        assert client.post(f"workitems/{UID}?{OURS}", json=both).status_code == 200
    if before in ("COMPLETED", "CANCELED"):
        assert change(client, before).status_code == 200
    answer = change(client, then, whose)
    assert answer.status_code == status
    assert ("warning" in answer.headers) == bool(code)
    if status != 200:
        assert answer.json()["code"] == code
        assert now(client).ProcedureStepState == before


@pytest.mark.usefixtures("task")
@pytest.mark.parametrize("state", ["CANCELLED", "IN_PROGRESS", "", "completed"])
def test_states_are_spelled_as_defined(client: httpx.Client, state: str) -> None:
    assert change(client, state).status_code == 400


@pytest.mark.usefixtures("task")
def test_a_change_of_state_needs_a_transaction(client: httpx.Client) -> None:
    body = {"00741000": make.element("CS", "IN PROGRESS")}
    answer = client.put(f"workitems/{UID}/state", json=body)
    assert answer.status_code == 400
    assert "Transaction UID is missing" in answer.headers["warning"]


def _without(held: dict[str, Any], outer: str, inner: str) -> dict[str, Any]:
    item = {tag: value for tag, value in held[outer]["Value"][0].items() if tag != inner}
    return {outer: make.sequence(item)}


@pytest.mark.usefixtures("task")
@pytest.mark.parametrize(
    "missing", ["00404028", "00404019", "00404050", "00404051", "00404033", "all"]
)
def test_completion_needs_its_attributes(client: httpx.Client, missing: str) -> None:
    change(client, "IN PROGRESS")
    if missing != "all":
        held = _without(make.performed(), "00741216", missing)
        client.post(f"workitems/{UID}?{OURS}", json=held)
    answer = change(client, "COMPLETED")
    assert (answer.status_code, answer.json()["code"]) == (409, "C304")
    assert answer.headers["warning"].startswith("299 ")
    assert now(client).ProcedureStepState == "IN PROGRESS"


@pytest.mark.usefixtures("task")
@pytest.mark.parametrize("missing", ["00404052", "0074100E"])
def test_cancellation_needs_its_attributes(client: httpx.Client, missing: str) -> None:
    change(client, "IN PROGRESS")
    held = _without(make.given_up(), "00741002", missing)
    client.post(f"workitems/{UID}?{OURS}", json=held)
    answer = change(client, "CANCELED")
    assert (answer.status_code, answer.json()["code"]) == (409, "C304")


@pytest.mark.usefixtures("task")
def test_updates_follow_the_state(client: httpx.Client) -> None:
    label = {"00741204": make.element("LO", "Changed")}
    path = f"workitems/{UID}"
    assert client.post(path, json=label).status_code == 200
    assert client.post(f"{path}?{OURS}", json=label).json()["code"] == "C310"
    change(client, "IN PROGRESS")
    assert client.post(path, json=label).json()["code"] == "C301"
    assert client.post(f"{path}?{THEIRS}", json=label).json()["code"] == "C301"
    client.post(f"{path}?{OURS}", json=make.performed())
    change(client, "COMPLETED")
    assert client.post(f"{path}?{OURS}", json=label).json()["code"] == "C300"


@pytest.mark.usefixtures("task")
@pytest.mark.parametrize(
    "body",
    [
        {"00741000": make.element("CS", "COMPLETED")},
        {"00080018": make.element("UI", "1.2.9")},
        {"00100020": make.element("LO", "B2")},
        {"00404041": make.element("CS", "SOON")},
    ],
)
def test_an_update_leaves_alone_what_is_fixed(client: httpx.Client, body: dict[str, Any]) -> None:
    before = client.get(f"workitems/{UID}").json()
    assert client.post(f"workitems/{UID}", json=body).status_code == 400
    assert client.get(f"workitems/{UID}").json() == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", ""),
        ("PUT", "/state"),
        ("PUT", "/state/AET"),
        ("POST", "/cancelrequest"),
        ("POST", "/subscribers/AET"),
        ("DELETE", "/subscribers/AET"),
    ],
)
def test_an_unknown_work_item_is_not_found(client: httpx.Client, method: str, path: str) -> None:
    body = make.state("IN PROGRESS", OURS) if method == "PUT" else {}
    sent = None if method in ("GET", "DELETE") else body
    assert client.request(method, f"workitems/1.9.9{path}", json=sent).status_code == 404


@pytest.mark.usefixtures("task")
def test_a_cancel_request_ends_a_task_that_waits(client: httpx.Client) -> None:
    body = {"00741238": make.element("LT", "Sent elsewhere")}
    assert client.post(f"workitems/{UID}/cancelrequest/SITE", json=body).status_code == 202
    held = now(client)
    assert held.ProcedureStepState == "CANCELED"
    reason = held.ProcedureStepProgressInformationSequence[0]
    assert reason.ReasonForCancellation == "Sent elsewhere"
    again = client.post(f"workitems/{UID}/cancelrequest")
    assert again.status_code == 202
    assert "already in the requested state of CANCELED" in again.headers["warning"]


@pytest.mark.usefixtures("task")
def test_a_cancel_request_leaves_a_task_in_progress_to_its_owner(client: httpx.Client) -> None:
    change(client, "IN PROGRESS")
    assert client.post(f"workitems/{UID}/cancelrequest").status_code == 202
    assert now(client).ProcedureStepState == "IN PROGRESS"
    client.post(f"workitems/{UID}?{OURS}", json=make.performed())
    change(client, "COMPLETED")
    assert client.post(f"workitems/{UID}/cancelrequest").json()["code"] == "C311"


@pytest.fixture
def rival(service: RunningService) -> Iterator[httpx.Client]:
    """A second reader on a connection of their own."""
    with httpx.Client(base_url=f"{service.url}/", timeout=30) as made:
        yield made


def test_of_two_claimers_exactly_one_wins_each_of_two_hundred_races(
    client: httpx.Client, rival: httpx.Client
) -> None:
    races = 200
    for number in range(races):
        client.post(f"workitems?1.2.5.{number}", json=make.workitem())
    start = threading.Barrier(2, timeout=60)
    answers: dict[str, list[int]] = {OURS: [], THEIRS: []}

    def race(who: httpx.Client, transaction: str) -> None:
        for number in range(races):
            start.wait()
            body = make.state("IN PROGRESS", transaction)
            answer = who.put(f"workitems/1.2.5.{number}/state", json=body)
            answers[transaction].append(answer.status_code)

    threads = [
        threading.Thread(target=race, args=each) for each in ((client, OURS), (rival, THEIRS))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    label = {"00741204": make.element("LO", "x")}
    for number, pair in enumerate(zip(answers[OURS], answers[THEIRS], strict=True)):
        assert sorted(pair) == [200, 409]
        owner, loser = (OURS, THEIRS) if pair[0] == 200 else (THEIRS, OURS)
        assert client.post(f"workitems/1.2.5.{number}?{loser}", json=label).status_code == 409
        assert client.post(f"workitems/1.2.5.{number}?{owner}", json=label).status_code == 200
    assert len(answers[OURS]) == races
