"""Spoken words on the disk: sealed, given back, gone with the signature."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from workstation.domain.dictation import Heard, HeardWord, Utterance
from workstation.domain.errors import StoreDamaged
from workstation.domain.report import Report
from workstation.storage.database import Database
from workstation.storage.journal import Drafts
from workstation.storage.utterances import Utterances
from workstation.storage.vault import OpenVault


class Sealing(OpenVault):
    """A cipher of the test: whatever passes the vault cannot be read on the disk."""

    def seal(self, name: str, data: bytes) -> bytes:
        return super().seal(name, bytes(byte ^ 0x5A for byte in data))

    def open(self, name: str, sealed: bytes) -> bytes:
        return bytes(byte ^ 0x5A for byte in super().open(name, sealed))


def utterance(identifier: str, words: str) -> Utterance:
    heard = Heard(tuple(HeardWord(word, 0.5, "heard") for word in words.split()), 1.0, "tiny")
    return Utterance(identifier, "1.2.3", heard, datetime(2026, 11, 24, tzinfo=UTC))


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "nocturne.sqlite")


def test_words_and_sound_come_back_and_neither_lies_open_on_the_disk(
    database: Database, tmp_path: Path
) -> None:
    store = Utterances(database, Sealing())
    said, sound = utterance("a", "secret carcinoma"), b"audible audible"
    store.keep(said, sound)
    assert store.unwritten("1.2.3") == (said,)
    assert store.sound("a") == sound
    database.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"carcinoma" not in raw
    assert b"audible" not in raw


def test_what_was_written_is_not_given_back_again(database: Database) -> None:
    store = Utterances(database, OpenVault())
    store.keep(utterance("a", "one"), b"")
    store.keep(utterance("b", "two"), b"")
    store.written("a")
    assert [each.identifier for each in store.unwritten("1.2.3")] == ["b"]
    database.close()


def test_the_signature_deletes_the_sound_in_its_own_transaction(database: Database) -> None:
    store = Utterances(database, OpenVault())
    store.keep(utterance("a", "one"), b"sound")
    row = ("r1", 1, "1.2.3", "final", b"", "2026-11-24", "1.2.3.4")

    def fail() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO report VALUES (?,?,?,?,?,?,?)", row)
            raise StoreDamaged("the signature fails")

    with pytest.raises(StoreDamaged):
        fail()
    assert store.sound("a") == b"sound"
    with database.transaction() as connection:
        connection.execute("INSERT INTO report VALUES (?,?,?,?,?,?,?)", row)
    assert store.sound("a") is None
    database.close()


def test_sound_of_one_sentence_is_not_opened_as_another(database: Database) -> None:
    store = Utterances(database, OpenVault())
    store.keep(utterance("a", "one"), b"first")
    store.keep(utterance("b", "two"), b"second")
    with database.transaction() as connection:
        connection.execute(
            "UPDATE utterance SET sound=(SELECT sound FROM utterance WHERE identifier='a')"
            " WHERE identifier='b'"
        )
    with pytest.raises(StoreDamaged):
        store.sound("b")
    database.close()


@pytest.mark.parametrize("end", ["signed", "discarded"])
def test_no_byte_of_the_sound_stays_on_the_disk_once_its_report_is_signed_or_discarded(
    database: Database, tmp_path: Path, end: str
) -> None:
    sound = np.random.default_rng(4).integers(0, 256, 200_000, np.uint8).tobytes()
    store, drafts = Utterances(database, OpenVault()), Drafts(database, OpenVault())

    def found() -> int:
        raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        return sum(sound[at : at + 64] in raw for at in range(0, len(sound) - 64, 1000))

    store.keep(utterance("a", "one"), sound)
    store.written("a")
    drafts.save(Report("r1", "1.2.3", "1.3", saved_at=datetime(2026, 11, 24, tzinfo=UTC)))
    assert found() > 150
    if end == "discarded":
        drafts.discard("1.2.3")
    else:
        row = ("r1", 1, "1.2.3", "final", b"", "2026-11-24", "1.2.3.4")
        with database.transaction() as connection:
            connection.execute("INSERT INTO report VALUES (?,?,?,?,?,?,?)", row)
        database.settle()
    assert store.sound("a") is None
    assert found() == 0
