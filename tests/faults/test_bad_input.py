"""A wrong address, login or answer: a sentence with a remedy, and the other work goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.home import OTHER, READER, Home, helps, home_at, task_of, templates_at, typed
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
from tests.workflow.waiting import until
from workstation.domain.clock import utc_now
from workstation.domain.errors import (
    LoginRefused,
    NotFoundOnService,
    ReaderError,
    ServiceAnswerInvalid,
    ServiceUnreachable,
    TaskTaken,
)
from workstation.domain.study import RetrievalProgress, RetrievalState
from workstation.local_service.running import RunningService
from workstation.services.endpoint import BasicLogin, Endpoint
from workstation.services.service import ReadingService
from workstation.workflow import fetch_plan
from workstation.workflow.claiming import Claiming
from workstation.workflow.reporting import Reporting
from workstation.workflow.retrieving import Retrieving
from workstation.workflow.worklist import Worklist
from workstation.workflow.worklist_rows import RowState


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with home_at(tmp_path / "home") as made:
        yield made


@pytest.fixture
def site() -> Iterator[Scripted]:
    script = Scripted(
        workitems={WORKITEM: workitem()},
        series={"1.5": {f"1.5.{n}": part10(f"1.5.{n}", bytes([n]) * 900) for n in range(1, 9)}},
    )
    with running(script):
        yield script


def worklist_of(home: Home, *services: ReadingService) -> Worklist:
    return Worklist(
        services,
        seen=home.seen,
        images=home.store,
        drafts=home.drafts,
        deliveries=home.outbox,
        leases=home.leases,
        reader=READER,
        clock=utc_now,
    )


def ended(retrieving: Retrieving, *states: RetrievalState) -> RetrievalProgress:
    def there() -> bool:
        progress = retrieving.progress(STUDY)
        return progress is not None and progress.state in states

    until(there, 20)
    found = retrieving.progress(STUDY)
    assert found is not None
    return found


# -- wrong address -------------------------------------------------------------------------------


def nobody_listens(_site: Scripted) -> str:
    return "http://127.0.0.1:9/dicom-web"


def no_such_host(_site: Scripted) -> str:
    return "http://reading-site.invalid/dicom-web"


def wrong_path(site: Scripted) -> str:
    return site.url.replace("/dicom-web", "/pacs/dicom-web")


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        (nobody_listens, ServiceUnreachable),
        (no_such_host, ServiceUnreachable),
        (wrong_path, NotFoundOnService),
    ],
)
def test_a_wrong_address_is_named_and_the_other_service_is_read(
    home: Home, site: Scripted, address: Callable[[Scripted], str], kind: type[ReaderError]
) -> None:
    elsewhere = address(site)

    def only_here(_m: str, path: str, _q: dict[str, str], _b: bytes) -> Reply | None:
        return (404, {}, b"") if path.startswith("/pacs") else None

    site.override = only_here
    wrong = ReadingService(Endpoint("wrong", "Wrong site", elsewhere), connect_seconds=2)
    right = ReadingService(Endpoint("night", "Night site", site.url))
    try:
        with pytest.raises(kind) as said:
            wrong.search()
        helps(said.value)
        assert "Wrong site" in said.value.happened
        worklist = worklist_of(home, wrong, right)
        worklist.refresh(priors=False)
        assert [row.task.workitem_uid for row in worklist.rows()] == [WORKITEM]
        states = {each.id: each for each in worklist.service_states()}
        assert states["night"].reachable
        assert not states["wrong"].reachable
        assert states["wrong"].problem == said.value.sentence()
    finally:
        wrong.close()
        right.close()


# -- wrong password ------------------------------------------------------------------------------


def test_a_wrong_password_stops_the_asking_and_keeps_list_images_and_drafts(
    home: Home, tmp_path: Path
) -> None:
    reporting = Reporting(home.drafts, templates_at(tmp_path / "templates"), utc_now)
    with RunningService(tmp_path / "site", user="reader", password="pw") as site:
        site.store.workitems.create(workitem(), WORKITEM)
        right = ReadingService(
            Endpoint("night", "Night site", site.url, BasicLogin("reader", "pw"))
        )
        wrong = ReadingService(
            Endpoint("night", "Night site", site.url, BasicLogin("reader", "old"))
        )
        retrieving = Retrieving([wrong], home.store)
        try:
            worklist_of(home, right).refresh(priors=False)
            home.store.put(STUDY, "1.5", "1.5.1", "1.2", b"an image")
            report = reporting.open(task_of(STUDY, WORKITEM), None)
            worklist = worklist_of(home, wrong)
            worklist.refresh(priors=False)
            failure = worklist.failure()
            assert isinstance(failure, LoginRefused)
            assert "password" in helps(failure).remedy
            # the task of yesterday is still in the list, with what is here of its study
            (row,) = worklist.rows()
            assert (row.state, row.here) == (RowState.OFFLINE_ONLY, 1)
            retrieving.start("night", STUDY)
            assert ended(retrieving, RetrievalState.PAUSED).problem == failure.sentence()
            reporting.edit(report.identifier, typed(report, "Typed while the login is wrong."))
            reporting.flush()
            assert home.store.read("1.5.1") == b"an image"
            kept = home.drafts.load(STUDY)
            assert kept is not None
            assert "Typed while the login is wrong." in str(kept.sections)
        finally:
            retrieving.stop()
            reporting.close()
            wrong.close()
            right.close()


# -- answers that are no answers ---------------------------------------------------------------


def html(_good: bytes) -> Reply:
    return 200, {"Content-Type": "text/html"}, b"<html><body>Please log in</body></html>"


def html_as_multipart(_good: bytes) -> Reply:
    headers, body = multipart(b"<html><body>Please log in</body></html>")
    return 200, headers, body


def failed(_good: bytes) -> Reply:
    return 500, {}, b"Internal error"


def half(good: bytes) -> Reply:
    headers, body = multipart(good)
    return 200, headers, body[: len(body) // 2]


def cut_off(good: bytes) -> Reply:
    headers, body = multipart(good)
    length = {"Content-Length": str(len(body)), "Connection": "close"}
    return 200, headers | length, body[: len(body) // 2]


@pytest.mark.parametrize("answer", [html, html_as_multipart, failed, half, cut_off])
def test_an_image_that_the_service_answers_wrongly_is_listed_and_the_others_arrive(
    home: Home,
    site: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[bytes], Reply],
) -> None:
    monkeypatch.setattr(fetch_plan, "back_off", lambda *_attempt: 0.01)
    monkeypatch.setattr("workstation.workflow.retrieving.back_off", lambda *_attempt: 0.01)
    sick = "1.5.4"

    def wrong(_m: str, path: str, _q: dict[str, str], _b: bytes) -> Reply | None:
        return answer(site.series["1.5"][sick]) if path.endswith(f"/instances/{sick}") else None

    site.override = wrong
    service = ReadingService(Endpoint("night", "Night site", site.url))
    retrieving = Retrieving([service], home.store)
    try:
        with pytest.raises((ServiceAnswerInvalid, ServiceUnreachable)) as said:
            service.fetch(STUDY, "1.5", sick)
        helps(said.value)
        retrieving.start("night", STUDY)
        until(lambda: len(home.store.uids(STUDY)) == 7)
        if isinstance(said.value, ServiceAnswerInvalid):
            progress = ended(retrieving, RetrievalState.INCOMPLETE)
            assert [each.sop_instance_uid for each in progress.failures] == [sick]
            assert progress.failures[0].reason
            assert not progress.verified
            assert "1 image could not be fetched" in progress.problem
        assert not home.store.has(sick)
        # The service is mended: what was fetched is not fetched again.
        site.override = None
        before = len(site.fetched())
        retrieving.resume(STUDY)
        assert ended(retrieving, RetrievalState.COMPLETE).verified
        assert set(site.fetched()[before:]) == {sick}
        assert home.store.read(sick) == site.series["1.5"][sick]
    finally:
        retrieving.stop()
        service.close()


@pytest.mark.parametrize(
    "reply",
    [
        (200, {"Content-Type": "text/html"}, b"<html>Please log in</html>"),
        (200, {"Content-Type": "application/dicom+json"}, b'[{"00080018": {"vr": "UI"'),
        (500, {}, b""),
        (302, {"Location": "https://login.example/"}, b""),
    ],
    ids=["html", "half a JSON", "500", "a redirect to a login"],
)
def test_a_worklist_that_is_none_keeps_the_one_that_was_seen(
    home: Home, site: Scripted, reply: Reply
) -> None:
    service = ReadingService(Endpoint("night", "Night site", site.url))
    try:
        worklist = worklist_of(home, service)
        worklist.refresh(priors=False)
        site.override = lambda *_request: reply
        worklist.refresh(priors=False)
        failure = worklist.failure()
        assert isinstance(failure, ServiceAnswerInvalid)
        helps(failure)
        assert [row.task.workitem_uid for row in worklist.rows()] == [WORKITEM]
        assert [task.workitem_uid for task in home.seen.load()] == [WORKITEM]
        site.override = None
        worklist.refresh(priors=False)
        assert worklist.failure() is None
    finally:
        service.close()


# -- a task that somebody else has -------------------------------------------------------------


def test_a_task_that_is_taken_names_its_owner_and_the_next_one_can_be_read(
    home: Home, tmp_path: Path
) -> None:
    reporting = Reporting(home.drafts, templates_at(tmp_path / "templates"), utc_now)
    with RunningService(tmp_path / "site") as site:
        for uid in (WORKITEM, "1.2.3.901"):
            site.store.workitems.create(workitem(uid), uid)
        service = ReadingService(Endpoint("night", "Night site", site.url))
        try:
            claiming = Claiming([service], home.leases, READER, utc_now)
            worklist = worklist_of(home, service)
            worklist.refresh(priors=False)
            free = {row.task.workitem_uid: row.task for row in worklist.rows()}
            report = reporting.open(free[WORKITEM], None)
            reporting.edit(report.identifier, typed(report, "Begun before the claim."))
            service.claim(free[WORKITEM], OTHER, "2.25.9")
            with pytest.raises(TaskTaken) as said:
                claiming.claim(free[WORKITEM])
            assert said.value.owner == OTHER.name.display
            assert OTHER.name.display in helps(said.value).happened
            worklist.refresh(priors=False)
            rows = {row.task.workitem_uid: row for row in worklist.rows()}
            assert (rows[WORKITEM].state, rows[WORKITEM].owner) == (
                RowState.TAKEN,
                OTHER.name.display,
            )
            assert claiming.claim(free["1.2.3.901"]).workitem_uid == "1.2.3.901"
            reporting.flush()
            kept = home.drafts.load(STUDY)
            assert kept is not None
            assert "Begun before the claim." in str(kept.sections)
        finally:
            reporting.close()
            service.close()
