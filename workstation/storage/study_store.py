"""Studies on this disk: each instance in a file of its own, through the vault, and an index."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from workstation.domain.errors import DiskFull, NotFoundOnService, StoreDamaged
from workstation.domain.study import ManifestInstance
from workstation.storage.database import Database
from workstation.storage.vault import Vault

#: A file without an index row that is older than this was left by a kill.
ORPHAN_SECONDS = 600.0


class StudyStore:
    """Owner of the received instances. Names on the disk are hashes: they tell nothing."""

    def __init__(self, folder: Path, database: Database, vault: Vault) -> None:
        self._folder = folder
        self._database = database
        self._vault = vault
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._reconcile()

    def _reconcile(self) -> None:
        """Make index and disk agree after a kill.

        A row without its file is dropped, so that the instance is fetched again. A file without a
        row was never acknowledged and goes too, unless it is so young that another process of this
        home (a verb beside the workstation) may be about to enter it.
        """
        on_disk = {
            f"{folder.name}/{entry.name}": entry.stat().st_mtime
            for folder in os.scandir(self._folder)
            if folder.is_dir()
            for entry in os.scandir(folder)
        }
        rows = self._database.read("SELECT sop_uid, file FROM instance")
        gone = [(row["sop_uid"],) for row in rows if row["file"] not in on_disk]
        if gone:
            with self._database.transaction() as connection:
                connection.executemany("DELETE FROM instance WHERE sop_uid=?", gone)
        known = {row["file"] for row in rows}
        for name, changed in on_disk.items():
            if name not in known and time.time() - changed > ORPHAN_SECONDS:
                (self._folder / name).unlink(missing_ok=True)

    @staticmethod
    def _name(study_uid: str, sop_uid: str) -> str:
        study = hashlib.sha256(study_uid.encode()).hexdigest()[:24]
        return f"{study}/{hashlib.sha256(sop_uid.encode()).hexdigest()[:40]}"

    def put(
        self, study_uid: str, series_uid: str, sop_uid: str, sop_class_uid: str, data: bytes
    ) -> bool:
        """Write one instance: on the disk and in the index when this returns True; False where it
        was here before. DiskFull where there is no room."""
        if self.has(sop_uid):
            return False
        name = self._name(study_uid, sop_uid)
        target = self._folder / name
        sealed = self._vault.seal(sop_uid, data)
        try:
            self._write(target, sealed)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise DiskFull(
                    "The disk is full.",
                    means="The study stays incomplete; your drafts are still saved.",
                    remedy="Free some space, then resume the download.",
                ) from error
            raise StoreDamaged(
                f"This disk refuses to write ({error.strerror}).",
                means="The image that just arrived is not kept.",
                remedy="Check that the home folder can be written, then resume the download.",
            ) from error
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO instance VALUES (?,?,?,?,?,?)",
                (sop_uid, study_uid, series_uid, sop_class_uid, name, len(data)),
            )
        return True

    def _write(self, target: Path, sealed: bytes) -> None:
        if not target.parent.is_dir():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(self._folder)
        part = target.with_name(f"{target.name}.{threading.get_ident()}.part")
        try:
            with part.open("wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)

    def has(self, sop_uid: str) -> bool:
        """Whether the instance is here."""
        return bool(self._database.read("SELECT 1 FROM instance WHERE sop_uid=?", sop_uid))

    def uids(self, study_uid: str) -> dict[str, str]:
        """SOP Instance UID → Series Instance UID of what is here of a study."""
        rows = self._database.read(
            "SELECT sop_uid, series_uid FROM instance WHERE study_uid=? ORDER BY rowid", study_uid
        )
        return {row["sop_uid"]: row["series_uid"] for row in rows}

    def count(self, study_uid: str) -> int:
        """How many instances of a study are here."""
        rows = self._database.read(
            "SELECT COUNT(*) AS n FROM instance WHERE study_uid=?", study_uid
        )
        return int(rows[0]["n"])

    def read(self, sop_uid: str) -> bytes:
        """The Part 10 bytes; StoreDamaged where they are not what was written. What is damaged is
        forgotten: it would never be fetched again while the index says that it is here."""
        rows = self._database.read("SELECT file FROM instance WHERE sop_uid=?", sop_uid)
        if not rows:
            raise NotFoundOnService(
                "This image is not on this disk.", remedy="Fetch the study again."
            )
        try:
            return self._vault.open(sop_uid, self._sealed(self._folder / rows[0]["file"]))
        except StoreDamaged:
            self.forget(sop_uid)
            raise

    @staticmethod
    def _sealed(file: Path) -> bytes:
        try:
            return file.read_bytes()
        except FileNotFoundError as error:
            raise StoreDamaged(
                "An image of this study is gone from the disk.",
                means="It is not shown; the rest of the study is.",
                remedy="Fetch the study again.",
            ) from error
        except OSError as error:
            raise StoreDamaged(
                f"This disk cannot read an image of this study ({error.strerror}).",
                means="It is not shown; the rest of the study is.",
                remedy="Fetch the study again, and have the disk checked.",
            ) from error

    def forget(self, sop_uid: str) -> None:
        """Drop one instance, so that it is fetched again."""
        # The file first: after the row, another thread may be writing the same name anew.
        for row in self._database.read("SELECT file FROM instance WHERE sop_uid=?", sop_uid):
            (self._folder / row["file"]).unlink(missing_ok=True)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM instance WHERE sop_uid=?", (sop_uid,))

    def studies(self) -> tuple[str, ...]:
        """Study Instance UIDs of which something is here, the oldest arrival first."""
        rows = self._database.read(
            "SELECT study_uid FROM instance GROUP BY study_uid ORDER BY MIN(rowid)"
        )
        return tuple(row["study_uid"] for row in rows)

    def delete_study(self, study_uid: str) -> None:
        """Remove a study from the index, then from the disk."""
        rows = self._database.read("SELECT file FROM instance WHERE study_uid=?", study_uid)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM instance WHERE study_uid=?", (study_uid,))
            connection.execute("DELETE FROM manifest WHERE study_uid=?", (study_uid,))
        for row in rows:
            (self._folder / row["file"]).unlink(missing_ok=True)

    def set_manifest(self, study_uid: str, instances: Iterable[ManifestInstance]) -> None:
        """Keep the service's list of a study: what is complete is told without a network."""
        listed = json.dumps([asdict(each) for each in instances])
        content = self._vault.seal(study_uid, listed.encode())
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO manifest VALUES (?,?,?)",
                (study_uid, content, datetime.now(UTC).isoformat()),
            )

    def manifest(self, study_uid: str) -> tuple[ManifestInstance, ...]:
        """The service's list as last seen; empty where it was never asked."""
        rows = self._database.read("SELECT content FROM manifest WHERE study_uid=?", study_uid)
        if not rows:
            return ()
        listed = json.loads(self._vault.open(study_uid, rows[0]["content"]))
        return tuple(ManifestInstance(**each) for each in listed)

    def usage(self) -> tuple[int, int]:
        """(bytes used by studies, bytes free on the disk)."""
        rows = self._database.read("SELECT COALESCE(SUM(bytes),0) AS n FROM instance")
        return int(rows[0]["n"]), shutil.disk_usage(self._folder).free


def _sync_folder(folder: Path) -> None:
    """Make a rename last. Windows has no such call and orders renames by itself."""
    if sys.platform == "win32":
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
