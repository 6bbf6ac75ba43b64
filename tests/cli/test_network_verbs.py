"""The verbs worklist and fetch against a scripted service, from the command line's side."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.scripted import STUDY, WORKITEM, Scripted, part10, running, workitem
from workstation.cli import main
from workstation.settings import Home
from workstation.storage.database import Database
from workstation.storage.study_store import StudyStore
from workstation.storage.vault import OpenVault


@pytest.fixture
def site() -> Iterator[Scripted]:
    accession = {"00080050": {"vr": "SH", "Value": ["A17"]}}
    script = Scripted(
        workitems={WORKITEM: workitem(**{"0040A370": {"vr": "SQ", "Value": [accession]}})},
        series={"1.5": {f"1.5.{n}": part10(f"1.5.{n}", bytes([n]) * 50) for n in range(1, 4)}},
    )
    with running(script):
        yield script


def held(home: Path) -> dict[str, str]:
    where = Home.at(home)
    database = Database(where.database)
    try:
        return StudyStore(where.studies, database, OpenVault()).uids(STUDY)
    finally:
        database.close()


def test_worklist_prints_the_tasks_as_one_document(
    site: Scripted, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["worklist", "--json", "--home", str(tmp_path), "--service", site.url]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["services"][0]["reachable"]
    (task,) = document["tasks"]
    assert (task["workitem_uid"], task["state"], task["priority"]) == (WORKITEM, "free", "STAT")
    assert task["study_instance_uid"] == STUDY


@pytest.mark.parametrize("named", [WORKITEM, STUDY, "A17"])
def test_fetch_brings_a_study_by_any_of_its_names(
    site: Scripted, tmp_path: Path, capsys: pytest.CaptureFixture[str], named: str
) -> None:
    words = ["fetch", named, "--json", "--home", str(tmp_path), "--service", site.url]
    assert main(words) == 0
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert (document["received"], document["expected"], document["verified"]) == (3, 3, True)
    assert "3 of 3 images" in printed.err
    assert len(held(tmp_path)) == 3
    assert main(words) == 0
    assert len(site.fetched()) == 3


def test_fetch_says_what_is_missing_and_keeps_what_came(
    site: Scripted, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.override = lambda method, path, query, body: (
        (404, {}, b"") if path.endswith("/instances/1.5.2") else None
    )
    assert main(["fetch", WORKITEM, "--home", str(tmp_path), "--service", site.url]) == 1
    assert "2 of 3 images are on this disk" in capsys.readouterr().err
    assert set(held(tmp_path)) == {"1.5.1", "1.5.3"}


@pytest.mark.parametrize("words", [["worklist"], ["fetch", "1.2.3"]])
def test_a_refused_login_exits_with_a_sentence(
    site: Scripted, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    site.override = lambda *_request: (401, {}, b"")
    assert main([*words, "--home", str(tmp_path), "--service", site.url]) == 1
    printed = capsys.readouterr()
    assert "refused the login" in printed.err
    assert printed.out == ""


def test_an_unknown_task_is_refused(
    site: Scripted, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.series.clear()
    assert main(["fetch", "1.99", "--home", str(tmp_path), "--service", site.url]) == 1
    assert "No service has a task or a study named 1.99" in capsys.readouterr().err


def test_without_any_service_the_verb_says_how_to_name_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["worklist", "--home", str(tmp_path)]) == 1
    assert "--service" in capsys.readouterr().err


def test_services_of_the_settings_are_asked(
    site: Scripted,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = {"id": "night", "name": "Night", "url": site.url, "auth": "bearer"}
    (tmp_path / "settings.json").write_text(json.dumps({"services": [service]}))
    monkeypatch.setenv("NOCTURNE_TOKEN_NIGHT", "secret")
    assert main(["worklist", "--json", "--home", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["services"][0]["name"] == "Night"
    assert site.headers[-1]["authorization"] == "Bearer secret"
