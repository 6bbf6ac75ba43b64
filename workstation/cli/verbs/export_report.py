"""`nocturne export-report --to-folder DIR`: signed reports in all their forms as files."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from workstation.cli.output import save_bytes
from workstation.domain.delivery import OutboxEntry, OutgoingObject
from workstation.domain.errors import NotFoundOnService, ReaderError

HELP = "write signed reports as files: DICOM objects, PDF, FHIR and HL7"

#: File name of an object by its SOP class.
_NAMES = {
    "1.2.840.10008.5.1.4.1.1.88.22": "report.sr.dcm",
    "1.2.840.10008.5.1.4.1.1.88.34": "measurements.sr.dcm",
    "1.2.840.10008.5.1.4.1.1.88.59": "key-images.dcm",
    "1.2.840.10008.5.1.4.1.1.104.1": "report.pdf.dcm",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and which."""
    parser.add_argument("--to-folder", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--study", default="", metavar="UID", help="the reports on one study; all without it"
    )
    parser.add_argument("--version", choices=["newest", "all"], default="newest")


def _chosen(entries: tuple[OutboxEntry, ...], study: str, which: str) -> list[OutboxEntry]:
    held = [each for each in entries if not study or each.study_instance_uid == study]
    if which == "all":
        return held
    return list({each.study_instance_uid: each for each in held}.values())


def _name(held: OutgoingObject) -> str:
    return _NAMES.get(held.sop_class_uid, f"{held.sop_instance_uid}.dcm")


def _write(folder: Path, entry: OutboxEntry) -> list[str]:
    """A folder named by the document's UID: a name of a patient is in no path."""
    place = folder / entry.objects[0].sop_instance_uid
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReaderError(f"{place} could not be made: {error.strerror}.") from error
    written = []
    files = [(_name(each), each.content) for each in entry.objects]
    files += [(each.name, each.content) for each in entry.documents]
    for name, content in files:
        save_bytes(place / name, content)
        written.append(str(place / name))
    return written


def run(arguments: argparse.Namespace) -> tuple[list[dict[str, object]], str]:
    """Write what is asked for; NotFoundOnService where nothing of it is signed here."""
    from workstation.settings import Home
    from workstation.storage.database import Database
    from workstation.storage.outbox import Outbox
    from workstation.storage.vault import OpenVault

    with closing(Database(Home.at(arguments.home).database)) as database:
        outbox = Outbox(database, OpenVault())
        chosen = _chosen(outbox.entries(), arguments.study, arguments.version)
        if not chosen:
            raise NotFoundOnService(
                "No report is signed here" + (" on that study." if arguments.study else "."),
                remedy="`nocturne outbox` lists what is signed.",
            )
        done: list[dict[str, object]] = []
        for each in chosen:
            entry = outbox.entry(each.identifier)
            done.append(
                {
                    "study_instance_uid": entry.study_instance_uid,
                    "signed_at": entry.signed_at.isoformat(),
                    "preliminary": entry.preliminary,
                    "version": entry.version.value,
                    "digest": entry.digest,
                    "files": _write(arguments.to_folder, entry),
                }
            )
    files = [str(name) for each in done for name in each["files"]]  # type: ignore[attr-defined]
    return done, "\n".join(files)
