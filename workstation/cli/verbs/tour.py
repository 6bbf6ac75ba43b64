"""`nocturne tour --out DIR`: the whole journey on the real windows, with pictures."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workstation.domain.delivery import OutboxEntry
    from workstation.tour.demo_service import DemoService
    from workstation.tour.journey import Tour

HELP = "drive the real windows from the worklist to the delivered report and keep pictures"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--out DIR [--studies DIR]."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="for the pictures")
    parser.add_argument(
        "--studies", type=Path, metavar="DIR", help="serve this folder instead of phantoms"
    )


def _drive(tour: Tour) -> OutboxEntry:
    """The steps with phantoms or other studies; returns what was delivered."""
    desk, hands = tour.desk, tour.hands
    desk.resize(1920, 1080)
    tour.arrive()
    hands.picture("worklist")
    hands.press("F1")
    hands.picture("keys")
    hands.press("F1")
    entry = tour.chest()
    hands.press("Ctrl+O")
    hands.wait(desk.outbox_page.isVisible, "the outbox is shown")
    hands.picture("delivered")
    tour.back()
    for modality, name in (
        ("DX", "radiograph-and-prior"),
        ("CR", "radiograph"),
        ("MR", "mr-brain"),
        ("MG", "mammogram"),
        ("US", "ultrasound"),
        ("PT", "pet-ct"),
    ):
        tour.look_at(modality, name)
    _broken(tour)
    _sizes(tour)
    return entry


def _offline(tour: Tour) -> None:
    """The link is gone: the list stays, and says so."""
    tour.hands.press("F5")
    tour.hands.wait(tour.desk.offline.isVisible, "the offline line is shown")
    tour.hands.picture("offline")


def _broken(tour: Tour) -> None:
    """The study that broke on the way, where there is one."""
    held = [row for row in tour.rows() if "pelvis" in row.task.procedure.lower()]
    if held:
        tour.open(held[0])
        tour.hands.wait(lambda: tour.desk.room.study is not None, "the study is opened")
        tour.hands.settle()
        tour.hands.picture("not-everything-can-be-shown")
        tour.back()


def _sizes(tour: Tour) -> None:
    """The list on a laptop, and at twice the text."""
    from workstation.bootstrap.windows import application, dress

    desk, settings = tour.desk, tour.bench.settings
    desk.resize(1366, 768)
    tour.hands.picture("worklist-laptop")
    desk.resize(1920, 1080)
    before = settings.get("display.text_percent")
    settings.set("display.text_percent", 200)
    dress(application(), settings)
    tour.hands.settle()
    tour.hands.picture("worklist-200-percent")
    settings.set("display.text_percent", before)
    dress(application(), settings)
    tour.hands.settle()


def _proof(demo: DemoService, workitem_uid: str) -> dict[str, Any]:
    """The task as the service tells it to anybody: its state and its outputs."""
    import httpx

    answer = httpx.get(
        f"{demo.url}/workitems/{workitem_uid}",
        headers={"Authorization": f"Bearer {demo.token}", "Accept": "application/dicom+json"},
        timeout=30,
    )
    answer.raise_for_status()
    held = answer.json()
    item = held[0] if isinstance(held, list) else held
    outputs = [
        sop["00081155"]["Value"][0]
        for performed in item.get("00741216", {}).get("Value", [])
        for output in performed.get("00404033", {}).get("Value", [])
        for sop in output.get("00081199", {}).get("Value", [])
    ]
    return {"state": item["00741000"]["Value"][0], "outputs": outputs}


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Take the tour; ReaderError names the step that failed."""
    from workstation.bootstrap.windows import Unhandled, window_on
    from workstation.domain.errors import ReaderError
    from workstation.services.service import ReadingService
    from workstation.tour.demo_service import READER, demo_service
    from workstation.tour.journey import Tour

    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("[0-9][0-9]-*.png"), out / "report.dcm", out / "tour.json"]:
        old.unlink(missing_ok=True)
    if arguments.studies is None:
        print("Phantom studies: drawn once a day, which takes some 20 s ...", file=sys.stderr)
    defects = Unhandled()
    sys.excepthook = defects.hook
    document: dict[str, object] = {}
    with (
        demo_service(arguments.studies, arguments.home) as demo,
        window_on(demo.home, demo.settings, [demo.endpoint], reader=READER, unhandled=defects) as (
            desk,
            bench,
        ),
    ):
        tour = Tour(desk, bench, out, demo.targets)
        entry = _drive(tour)
        document |= _proof(demo, entry.workitem_uid)
        client = ReadingService(demo.endpoint)
        try:
            report = client.read_back(entry.study_instance_uid, entry.objects[0])
        finally:
            client.close()
        (out / "report.dcm").write_bytes(report)
        document["report"] = entry.objects[0].sop_instance_uid
        document["workitem"] = entry.workitem_uid
        demo.service.stop()
        _offline(tour)
    if defects.seen:
        raise ReaderError(f"{len(defects.seen)} defects were met on the way.") from defects.seen[0]
    document["pictures"] = tour.hands.taken
    (out / "tour.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return document, f"{len(tour.hands.taken)} pictures and report.dcm in {out}"
