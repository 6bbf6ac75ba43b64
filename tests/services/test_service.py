"""The client against a scripted service: claims, refusals, faults, what goes over the wire."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import pytest

from tests.services.scripted import (
    STUDY,
    WORKITEM,
    Reply,
    Scripted,
    multipart,
    part10,
    running,
    workitem,
)
from workstation.domain.delivery import CompletionRecord, OutgoingObject, OutputReference
from workstation.domain.errors import (
    Cancelled,
    DeliveryRefused,
    LeaseLost,
    LoginRefused,
    NotFoundOnService,
    ServiceAnswerInvalid,
    ServiceUnreachable,
    TaskTaken,
    TaskWithdrawn,
)
from workstation.domain.identity import Patient, PersonName, Reader
from workstation.domain.reading_task import ReadingTask
from workstation.services import task_mapping
from workstation.services.endpoint import BasicLogin, BearerLogin, Endpoint
from workstation.services.service import ReadingService
from workstation.workflow.jobs import CancelToken

READER = Reader("VIDAL", PersonName("Vidal^A"))
OTHER = Reader("OSEI", PersonName("Osei^B"))
SR = "1.2.840.10008.5.1.4.1.1.88.22"


@pytest.fixture
def site() -> Iterator[Scripted]:
    script = Scripted(
        workitems={WORKITEM: workitem()},
        series={"1.5": {f"1.5.{n}": part10(f"1.5.{n}", bytes([n]) * 50) for n in range(1, 4)}},
    )
    with running(script):
        yield script


@pytest.fixture
def service(site: Scripted) -> Iterator[ReadingService]:
    made = ReadingService(
        Endpoint("night", "Night site", site.url), connect_seconds=1, idle_seconds=0.5
    )
    yield made
    made.close()


# -- tasks ---------------------------------------------------------------------------------------


def test_a_search_gives_tasks_and_passes_over_a_broken_one(
    site: Scripted, service: ReadingService
) -> None:
    site.workitems["broken"] = workitem("not a uid")
    assert [task.workitem_uid for task in service.search()] == [WORKITEM]
    assert len(service.search_with_problems().problems) == 1


def test_a_claim_is_confirmed_and_names_the_performer(
    site: Scripted, service: ReadingService
) -> None:
    service.claim(service.get(WORKITEM), READER, "2.25.1")
    after = service.get(WORKITEM)
    assert site.owners[WORKITEM] == "2.25.1"
    assert after.actual_performer is not None
    assert after.actual_performer.code == "VIDAL"


def test_a_second_claimer_hears_who_has_the_task(service: ReadingService) -> None:
    task = service.get(WORKITEM)
    service.claim(task, READER, "2.25.1")
    with pytest.raises(TaskTaken) as taken:
        service.claim(task, OTHER, "2.25.2")
    assert taken.value.owner == READER.name.display


def test_a_loser_waits_for_the_name_that_the_winner_sends_a_moment_later(
    site: Scripted, service: ReadingService
) -> None:
    task = service.get(WORKITEM)
    looks: list[str] = []

    def winner_comes_first(
        method: str, path: str, query: dict[str, str], body: bytes
    ) -> Reply | None:
        held = site.workitems[WORKITEM]
        if method == "PUT":
            held["00741000"] = {"vr": "CS", "Value": ["IN PROGRESS"]}
            site.owners[WORKITEM] = "2.25.1"
        elif method == "GET" and site.owners:
            looks.append(path)
            if len(looks) == 2:
                held.update(
                    task_mapping.claim_update(READER, datetime(2026, 11, 24, tzinfo=UTC), {})
                )
        return None

    site.override = winner_comes_first
    with pytest.raises(TaskTaken) as taken:
        service.claim(task, OTHER, "2.25.2")
    assert taken.value.owner == READER.name.display
    assert len(looks) == 2


def test_a_claim_that_only_looked_won_is_lost_at_the_confirmation(
    site: Scripted, service: ReadingService
) -> None:
    """A real server told up to three of six claimers that they had won."""

    def says_yes_to_all(method: str, path: str, query: dict[str, str], body: bytes) -> Reply | None:
        return (200, {}, b"") if path.endswith("/state") else None

    task = service.get(WORKITEM)
    service.claim(task, READER, "2.25.1")
    site.override = says_yes_to_all
    with pytest.raises(TaskTaken):
        service.claim(task, OTHER, "2.25.2")


def test_a_claim_whose_answer_was_lost_is_found_to_be_ours(
    site: Scripted, service: ReadingService
) -> None:
    task = service.get(WORKITEM)
    service.claim(task, READER, "2.25.1")
    service.claim(task, READER, "2.25.1")
    assert site.owners[WORKITEM] == "2.25.1"


def test_of_two_readers_who_claim_at_once_exactly_one_wins(site: Scripted) -> None:
    desks = [ReadingService(Endpoint(f"d{n}", "Night site", site.url)) for n in (1, 2)]
    try:
        for race in range(60):
            uid = f"1.7.{race}"
            site.workitems[uid] = workitem(uid)
            task = desks[0].get(uid)
            won: list[str] = []
            start = threading.Barrier(2)

            def claim(
                desk: int, task: ReadingTask, won: list[str], start: threading.Barrier
            ) -> None:
                start.wait(60)
                try:
                    desks[desk].claim(task, (READER, OTHER)[desk], f"2.25.{desk + 1}")
                except TaskTaken:
                    return
                won.append(f"2.25.{desk + 1}")

            threads = [
                threading.Thread(target=claim, args=(desk, task, won, start)) for desk in (0, 1)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            assert won == [site.owners[uid]]
    finally:
        for desk in desks:
            desk.close()


def test_a_task_of_another_performer_is_not_asked_for(
    site: Scripted, service: ReadingService
) -> None:
    performer = {
        "00404009": {"vr": "SQ", "Value": [{"00080100": {"vr": "SH", "Value": ["OSEI"]}}]},
        "00404037": {"vr": "PN", "Value": [{"Alphabetic": "Osei^B"}]},
    }
    site.workitems[WORKITEM]["00404034"] = {"vr": "SQ", "Value": [performer]}
    with pytest.raises(TaskTaken) as taken:
        service.claim(service.get(WORKITEM), READER, "2.25.1")
    assert taken.value.owner == "OSEI, B"
    assert not any(line.startswith("PUT") for line in site.log)


def test_a_study_that_is_still_arriving_is_not_claimed(
    site: Scripted, service: ReadingService
) -> None:
    site.workitems[WORKITEM]["00404041"] = {"vr": "CS", "Value": ["INCOMPLETE"]}
    with pytest.raises(ServiceAnswerInvalid, match="still sending"):
        service.claim(service.get(WORKITEM), READER, "2.25.1")


def test_a_finished_task_is_withdrawn(site: Scripted, service: ReadingService) -> None:
    task = service.get(WORKITEM)
    site.workitems[WORKITEM]["00741000"] = {"vr": "CS", "Value": ["CANCELED"]}
    with pytest.raises(TaskWithdrawn):
        service.claim(task, READER, "2.25.1")


def record() -> CompletionRecord:
    now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    return CompletionRecord(READER, now, now, (OutputReference(STUDY, "1.6", SR, "1.6.1"),))


def test_completing_twice_completes_once(site: Scripted, service: ReadingService) -> None:
    service.claim(service.get(WORKITEM), READER, "2.25.1")
    service.progress(WORKITEM, "2.25.1", 40, "half way")
    assert service.get(WORKITEM).progress_percent == 40
    service.complete(WORKITEM, "2.25.1", record())
    puts = sum(line.startswith("PUT") for line in site.log)
    service.complete(WORKITEM, "2.25.1", record())
    assert service.get(WORKITEM).state == "COMPLETED"
    assert sum(line.startswith("PUT") for line in site.log) == puts


def test_a_lost_lease_is_said_and_never_forced(service: ReadingService) -> None:
    service.claim(service.get(WORKITEM), READER, "2.25.1")
    with pytest.raises(LeaseLost, match="Another reader"):
        service.complete(WORKITEM, "2.25.7", record())
    assert service.get(WORKITEM).state == "IN PROGRESS"


def test_handing_back_cancels_with_its_reason(site: Scripted, service: ReadingService) -> None:
    service.claim(service.get(WORKITEM), READER, "2.25.1")
    service.hand_back(WORKITEM, "2.25.1", "not my field", "wrong")
    assert site.workitems[WORKITEM]["00741000"]["Value"] == ["CANCELED"]
    service.hand_back(WORKITEM, "2.25.1", "not my field", "wrong")
    bodies = [json.loads(body) for body in site.bodies if body]
    states = [each[0]["00741000"]["Value"] for each in bodies if "00081195" in each[0]]
    assert states == [["IN PROGRESS"], ["CANCELED"]]


def test_a_dialect_carries_the_transaction_in_the_body_only(site: Scripted) -> None:
    service = ReadingService(Endpoint("old", "Old site", site.url, dialect="raccoon"))
    try:
        site.override = lambda method, path, query, body: (
            (200, {}, b"") if method in {"POST", "PUT"} else None
        )
        service.progress(WORKITEM, "2.25.1", 10, "")
        assert "2.25.1" not in site.log[-1]
        assert json.loads(site.bodies[-1])[0]["00081195"]["Value"] == ["2.25.1"]
    finally:
        service.close()


# -- logins and answers that are none --------------------------------------------------------------


def test_basic_and_bearer_logins_are_sent_and_a_token_is_asked_each_time(site: Scripted) -> None:
    tokens = iter(["first", "second"])
    basic = ReadingService(Endpoint("a", "A", site.url, BasicLogin("reader", "pässword")))
    bearer = ReadingService(Endpoint("b", "B", site.url, BearerLogin(lambda: next(tokens))))
    try:
        basic.get(WORKITEM)
        sent = base64.b64decode(site.headers[-1]["authorization"].split()[1]).decode()
        assert sent == "reader:pässword"
        bearer.get(WORKITEM)
        bearer.get(WORKITEM)
        assert [each["authorization"] for each in site.headers[-2:]] == [
            "Bearer first",
            "Bearer second",
        ]
    finally:
        basic.close()
        bearer.close()
    assert "pässword" not in repr(basic.endpoint)


def test_a_token_that_ran_out_in_mid_download_is_renewed_once(site: Scripted) -> None:
    tokens = iter(["old", "new", "new", "new"])

    def only_new(method: str, path: str, query: dict[str, str], body: bytes) -> Reply | None:
        return None if site.headers[-1]["authorization"] == "Bearer new" else (401, {}, b"")

    site.override = only_new
    service = ReadingService(Endpoint("b", "B", site.url, BearerLogin(lambda: next(tokens))))
    try:
        assert service.fetch(STUDY, "1.5", "1.5.1") == site.series["1.5"]["1.5.1"]
    finally:
        service.close()


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        ((401, {}, b""), LoginRefused, "refused the login"),
        ((403, {}, b""), LoginRefused, "does not allow"),
        ((500, {}, b"boom"), ServiceAnswerInvalid, "HTTP 500"),
        ((503, {}, b""), ServiceUnreachable, "busy"),
        ((404, {}, b""), NotFoundOnService, "does not have"),
        ((302, {"Location": "http://evil.example/"}, b""), ServiceAnswerInvalid, "another address"),
        ((200, {"Content-Type": "text/html"}, b"<html>"), ServiceAnswerInvalid, "text/html"),
    ],
)
def test_an_answer_that_is_no_image_becomes_a_sentence(
    site: Scripted,
    service: ReadingService,
    reply: Reply,
    error: type[Exception],
    words: str,
) -> None:
    site.override = lambda *_request: reply
    with pytest.raises(error, match=words):
        service.fetch(STUDY, "1.5", "1.5.1")


def test_a_web_page_in_place_of_the_worklist_is_named(
    site: Scripted, service: ReadingService
) -> None:
    site.override = lambda *_request: (200, {"Content-Type": "text/html"}, b"<html>")
    with pytest.raises(ServiceAnswerInvalid, match="a web page"):
        service.search()


def test_a_service_without_a_worklist_is_named(site: Scripted, service: ReadingService) -> None:
    site.override = lambda *_request: (404, {}, b"")
    with pytest.raises(NotFoundOnService, match="no worklist"):
        service.search()


def test_half_a_multipart_is_no_image(site: Scripted, service: ReadingService) -> None:
    headers, body = multipart(part10("1.5.1", b"x" * 500))
    site.override = lambda *_request: (200, headers, body[:-100])
    with pytest.raises(ServiceAnswerInvalid, match="broke off"):
        service.fetch(STUDY, "1.5", "1.5.1")


def test_another_image_than_asked_for_is_refused(site: Scripted, service: ReadingService) -> None:
    headers, body = multipart(part10("1.5.2"))
    site.override = lambda *_request: (200, headers, body)
    with pytest.raises(ServiceAnswerInvalid, match="did not send the image"):
        service.fetch(STUDY, "1.5", "1.5.1")


def test_an_image_is_asked_for_in_whatever_syntax_it_is_stored(
    site: Scripted, service: ReadingService
) -> None:
    assert service.fetch(STUDY, "1.5", "1.5.2") == site.series["1.5"]["1.5.2"]
    assert site.headers[-1]["accept"].endswith("transfer-syntax=*")


def test_a_refused_connection_says_unreachable() -> None:
    with running(Scripted()) as gone:
        url = gone.url
    service = ReadingService(Endpoint("gone", "Gone", url))
    try:
        with pytest.raises(ServiceUnreachable, match="Gone cannot be reached"):
            service.search()
    finally:
        service.close()


def test_silence_ends_an_exchange(site: Scripted, service: ReadingService) -> None:
    held = threading.Event()
    site.override = lambda *_request: (held.wait(60), (200, {}, b""))[1]  # type: ignore[func-returns-value]
    try:
        with pytest.raises(ServiceUnreachable, match="went silent"):
            service.search()
    finally:
        held.set()


def test_cancelling_leaves_a_site_that_says_nothing(site: Scripted) -> None:
    held, token = threading.Event(), CancelToken()
    site.override = lambda *_request: (held.wait(60), (200, {}, b""))[1]  # type: ignore[func-returns-value]
    service = ReadingService(Endpoint("slow", "Slow", site.url))
    left = []

    def fetch() -> None:
        with pytest.raises(Cancelled):
            service.fetch(STUDY, "1.5", "1.5.1", token)
        left.append(True)

    try:
        thread = threading.Thread(target=fetch)
        thread.start()
        while not site.log:
            threading.Event().wait(0.005)
        token.cancel()
        thread.join(40)
        assert left, "it still waits for the answer"
    finally:
        held.set()
        service.close()


# -- search and store ------------------------------------------------------------------------------


def test_the_manifest_is_ordered_and_carries_its_series(service: ReadingService) -> None:
    found = service.manifest(STUDY)
    assert [each.sop_uid for each in found] == ["1.5.1", "1.5.2", "1.5.3"]
    assert found[0].series_description == "series 1"


def test_a_list_that_a_server_cut_short_is_completed_by_series(
    site: Scripted, service: ReadingService
) -> None:
    def cut(method: str, path: str, query: dict[str, str], body: bytes) -> Reply | None:
        if path.endswith(f"/studies/{STUDY}/instances"):
            status, headers, held = site._studies(["studies", STUDY, "instances"])
            return status, headers, json.dumps(json.loads(held)[:1]).encode()
        return None

    site.override = cut
    assert len(service.manifest(STUDY)) == 3


def test_a_study_that_the_service_does_not_have_is_not_found(
    site: Scripted, service: ReadingService
) -> None:
    site.series.clear()
    with pytest.raises(NotFoundOnService):
        service.manifest(STUDY)


def study_row(uid: str, patient_id: str, issuer: str = "", day: str = "20260101") -> dict:
    row = {
        "0020000D": {"vr": "UI", "Value": [uid]},
        "00100020": {"vr": "LO", "Value": [patient_id]},
        "00080020": {"vr": "DA", "Value": [day]},
        "00100030": {"vr": "DA", "Value": ["19650302"]},
        "00201208": {"vr": "IS", "Value": [7]},
    }
    return row | ({"00100021": {"vr": "LO", "Value": [issuer]}} if issuer else {})


def test_priors_are_of_this_patient_only_newest_first(
    site: Scripted, service: ReadingService
) -> None:
    rows = [
        study_row(STUDY, "4471", "BRENNAN"),
        study_row("1.9.1", "4471", "BRENNAN", "20200101"),
        study_row("1.9.2", "4471", "BRENNAN", "20250101"),
        study_row("1.9.3", "4471", "HALDEN"),
        study_row("1.9.4", "44719", "BRENNAN"),
        study_row("1.9.5", "4471"),
    ]
    site.override = lambda *_request: (200, {}, json.dumps(rows).encode())
    patient = Patient("4471", birth_date=date(1950, 1, 1), issuer_of_patient_id="BRENNAN")
    found = service.dicomweb.studies_of(patient, STUDY)
    assert [each.study_instance_uid for each in found.priors] == ["1.9.2", "1.9.1"]
    assert found.instances_expected == 7


def stow_answer(
    stored: Sequence[str] = (),
    failed: dict[str, int] | None = None,
) -> bytes:
    def reference(uid: str) -> dict:
        return {"00081155": {"vr": "UI", "Value": [uid]}}

    data = {"00081199": {"vr": "SQ", "Value": [reference(uid) for uid in stored]}}
    if failed:
        data["00081198"] = {
            "vr": "SQ",
            "Value": [
                reference(uid) | {"00081197": {"vr": "US", "Value": [reason]}}
                for uid, reason in failed.items()
            ],
        }
    return json.dumps(data).encode()


REPORT = OutgoingObject("1.6.1", SR, "the report", part10("1.6.1"))
KEY_IMAGES = OutgoingObject("1.7.1", SR, "the key images", part10("1.7.1"))


@pytest.mark.parametrize(
    ("status", "body", "refused"),
    [
        (200, stow_answer(["1.6.1", "1.7.1"]), ""),
        (400, stow_answer(["1.6.1", "1.7.1"]), ""),
        (200, stow_answer(["1.6.1"], {"1.7.1": 0xA700}), "the key images: the service is out of"),
        (202, stow_answer(["1.6.1"]), "the key images: no word"),
        (200, b"", "the report: no word"),
        (409, b"<html>", "no word that it was stored .HTTP 409"),
        (409, stow_answer(["1.7.1"], {"1.6.1": 0x0111}), ""),
    ],
)
def test_each_object_is_judged_by_its_own_entry(
    site: Scripted, service: ReadingService, status: int, body: bytes, refused: str
) -> None:
    site.override = lambda *_request: (status, {}, body)
    if refused:
        with pytest.raises(DeliveryRefused, match=refused):
            service.store(STUDY, [REPORT, KEY_IMAGES])
    else:
        service.store(STUDY, [REPORT, KEY_IMAGES])
    assert part10("1.7.1") in site.bodies[-1]
