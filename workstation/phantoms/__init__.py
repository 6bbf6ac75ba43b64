"""Studies with known truth, as real DICOM.

`write_all` draws each study of `STUDIES` from analytic shapes and writes, beside the objects:

`truth.json`      {"now", "studies": {NAME: {"study_instance_uid", "series": [...], ...}}}: places
                  in LPS mm, diameters, volumes, HU, SUV, calibration, to be measured against.
`worklist.json`   {"version": 1, "studies": {STUDY_INSTANCE_UID: {"name", "priority" ("STAT",
                  "URGENT", "ROUTINE"), "deadline_minutes", "reason", "clinical_notes",
                  "accession_number", "referrer" (PN), "site", "procedure", "modality",
                  "body_part", "performer" ({"code", "name" (PN)} or null), "readiness" (an Input
                  Readiness State), "prior" (true: no task)}}}

UIDs are made of names and never change. Everything else depends on the day of `now` alone: study
dates move with it, so objects written on two days carry the same UIDs and different dates. A
service that already holds those of another day refuses them; give it a fresh folder.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from workstation.domain.errors import ReaderError
from workstation.phantoms.catalogue import STUDIES
from workstation.phantoms.objects import Writer

__all__ = ["STUDIES", "UnknownPhantom", "write_all"]


class UnknownPhantom(ReaderError):
    """No phantom study has that name."""


def _write_json(path: Path, document: dict[str, Any]) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def write_all(
    folder: Path, *, only: Sequence[str] = (), now: datetime | None = None
) -> dict[str, Any]:
    """Write the studies, or those named by `only`, under `folder`; returns the truth.

    Files lie at NAME/SERIES/INSTANCE.dcm. Raises `UnknownPhantom` for a name that is not in
    `STUDIES`, before anything is written.
    """
    unknown = [name for name in only if name not in STUDIES]
    if unknown:
        raise UnknownPhantom(
            f"There is no phantom study named {', '.join(unknown)}.",
            remedy=f"Choose from {', '.join(STUDIES)}.",
        )
    today = (now or datetime.now()).date()
    folder.mkdir(parents=True, exist_ok=True)
    truth: dict[str, Any] = {}
    worklist: dict[str, Any] = {}
    for name, phantom in STUDIES.items():
        if only and name not in only:
            continue
        request = phantom.request
        writer = Writer(folder, request, today)
        known = phantom.draw(writer)
        writer.requisition()
        truth[name] = {
            "study_instance_uid": request.study_uid,
            "patient_id": request.person.patient_id,
            "instances": len(writer.files),
            **known,
        }
        worklist[request.study_uid] = request.worklist_entry()
    document = {"now": today.isoformat(), "studies": truth}
    _write_json(folder / "truth.json", document)
    _write_json(folder / "worklist.json", {"version": 1, "studies": worklist})
    return document
