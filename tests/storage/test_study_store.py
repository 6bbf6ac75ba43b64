"""The study store: what it acknowledged is there, whole, and damage is found."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from workstation.domain.errors import DiskFull, NotFoundOnService, StoreDamaged
from workstation.domain.study import ManifestInstance
from workstation.storage.database import Database
from workstation.storage.study_store import StudyStore
from workstation.storage.vault import OpenVault


def put(store: StudyStore, uid: str, data: bytes = b"content") -> bool:
    return store.put("1.2", "1.2.3", uid, "1.2.840", data)


def test_what_was_put_comes_back_byte_for_byte(store: StudyStore) -> None:
    assert put(store, "1.2.3.4", b"\0\1\2" * 1000)
    assert store.read("1.2.3.4") == b"\0\1\2" * 1000
    assert store.uids("1.2") == {"1.2.3.4": "1.2.3"}


def test_a_second_put_changes_nothing(store: StudyStore) -> None:
    put(store, "1.2.3.4", b"first")
    assert not put(store, "1.2.3.4", b"second")
    assert store.read("1.2.3.4") == b"first"


def test_names_on_the_disk_tell_no_uid(store: StudyStore, tmp_path: Path) -> None:
    put(store, "1.2.3.4")
    names = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")]
    assert not any("1.2" in name for name in names if "sqlite" not in name)


def test_one_flipped_bit_is_found_and_the_study_can_be_fetched_again(
    store: StudyStore, tmp_path: Path
) -> None:
    put(store, "1.2.3.4", b"x" * 100)
    (file,) = [path for path in (tmp_path / "studies").rglob("*") if path.is_file()]
    held = bytearray(file.read_bytes())
    held[-1] ^= 1
    file.write_bytes(held)
    with pytest.raises(StoreDamaged) as caught:
        store.read("1.2.3.4")
    assert caught.value.remedy
    store.forget("1.2.3.4")
    assert put(store, "1.2.3.4", b"whole")


def test_content_moved_to_another_name_is_refused() -> None:
    vault = OpenVault()
    with pytest.raises(StoreDamaged):
        vault.open("other", vault.seal("name", b"data"))


def test_an_instance_that_is_not_here_says_so(store: StudyStore) -> None:
    with pytest.raises(NotFoundOnService):
        store.read("9.9")


def test_what_a_kill_left_half_written_is_swept_at_the_next_start(
    store: StudyStore, tmp_path: Path, database: Database
) -> None:
    put(store, "1.2.3.4")
    folder = next(path for path in (tmp_path / "studies").iterdir())
    left = folder / "abc.1.part"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    StudyStore(tmp_path / "studies", database, OpenVault())
    assert not list((tmp_path / "studies").rglob("*.part"))
    assert store.read("1.2.3.4") == b"content"


def test_a_full_disk_is_said_and_leaves_nothing_behind(
    store: StudyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr("workstation.storage.study_store.os.fsync", full)
    with pytest.raises(DiskFull) as caught:
        put(store, "1.2.3.4")
    assert caught.value.remedy
    assert not store.has("1.2.3.4")
    assert not [path for path in (tmp_path / "studies").rglob("*") if path.is_file()]


def test_the_manifest_tells_without_a_network_what_is_missing(store: StudyStore) -> None:
    manifest = (
        ManifestInstance("1.2.3", "1.2.3.4", number=1),
        ManifestInstance("1.2.3", "1.2.3.5"),
    )
    store.set_manifest("1.2", manifest)
    assert store.manifest("1.2") == manifest
    assert store.manifest("7.7") == ()


def test_a_file_that_is_gone_is_fetched_again_after_the_next_start(
    store: StudyStore, tmp_path: Path, database: Database
) -> None:
    put(store, "1.2.3.4")
    (file,) = [path for path in (tmp_path / "studies").rglob("*") if path.is_file()]
    file.unlink()
    assert not StudyStore(tmp_path / "studies", database, OpenVault()).has("1.2.3.4")


def test_a_deleted_study_is_gone_from_index_and_disk(store: StudyStore, tmp_path: Path) -> None:
    put(store, "1.2.3.4")
    store.delete_study("1.2")
    assert store.studies() == ()
    assert not [path for path in (tmp_path / "studies").rglob("*") if path.is_file()]
    used, free = store.usage()
    assert used == 0
    assert free > 0
