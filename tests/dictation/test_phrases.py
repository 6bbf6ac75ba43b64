"""The list of phrases."""

from __future__ import annotations

from pathlib import Path

import pytest

from workstation.bootstrap.speech import phrases
from workstation.dictation.phrases import (
    OwnPhrases,
    Phrases,
    PhrasesDamaged,
    phrases_of_text,
    read_phrases,
)
from workstation.domain.dictation import PhrasesRefused


def test_there_are_at_least_3000_phrases_and_none_is_there_twice_in_a_group() -> None:
    assert len(phrases().all) >= 3000
    for group in phrases().groups:
        assert len(group.phrases) == len(set(group.phrases)), group.title


def test_every_modality_and_part_of_the_body_has_its_phrases() -> None:
    assert {"CT", "MR", "US", "DX", "CR", "MG", "PT", "NM", "XA"} <= {
        modality for group in phrases().groups for modality in group.modalities
    }
    assert "anterior cruciate ligament" in phrases().all


def test_no_phrase_carries_a_mark_that_nobody_says() -> None:
    for phrase in phrases().all:
        assert phrase == " ".join(phrase.split()), phrase
        assert not set(phrase) & set("{}[]();,.:/"), phrase


def test_reports_give_phrases_without_their_numbers() -> None:
    found = phrases_of_text(["Unchanged 7 mm nodule. [field] Left lung base scarring."])
    assert not any(character.isdigit() for phrase in found for character in phrase)
    assert "left lung base scarring" in found


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text("title = 3\n", encoding="utf-8")
    with pytest.raises(PhrasesDamaged, match=r"wrong\.toml"):
        _ = Phrases(tmp_path).groups


def test_a_readers_own_file_has_one_phrase_a_line(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("# mine\nhot cross bun sign\n\nhot cross bun sign # twice\n", encoding="utf-8")
    assert read_phrases(path) == OwnPhrases(("hot cross bun sign",))


def test_a_file_of_own_phrases_is_read_with_the_mark_that_windows_puts_before_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes(b"\xef\xbb\xbfgreater omentum\r\n\r\n# a remark\r\nomental cake\r\n")
    assert read_phrases(path) == OwnPhrases(("greater omentum", "omental cake"))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("M\xe9ni\xe8re".encode("latin-1"), "is no text in UTF-8"),
        (b"hot\x00cross", "holds signs that are no letters"),
        (b"1234, 5.6", "holds no word"),
        (b"the report of yesterday " * 20, "is longer than the 200 letters"),
    ],
)
def test_a_line_that_is_no_phrase_is_named_and_the_others_are_used(
    tmp_path: Path, line: bytes, why: str
) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes(b"omental cake\n" + line + b"\n\xc3\xa9ventration\n")
    found = read_phrases(path)
    assert found.phrases == ("omental cake", "\u00e9ventration")
    assert found.refused is not None
    assert f"In own.txt line 2 {why}" in found.refused.happened
    assert found.refused.means == "That line is left out; all others are used."


def test_of_many_wrong_lines_the_first_are_named_and_the_others_counted(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes(b"\xff\n" * 500 + b"omental cake")
    found = read_phrases(path)
    assert found.phrases == ("omental cake",)
    assert found.refused is not None
    assert "line 3 is no text in UTF-8, 497 more lines are no phrases" in found.refused.happened
    assert found.refused.means.startswith("Those lines are")


def test_a_file_of_phrases_that_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes("hot cross bun sign".encode("utf-16"))
    with pytest.raises(PhrasesRefused, match="no text in UTF-8"):
        read_phrases(path)
    with pytest.raises(PhrasesRefused, match="No such file"):
        read_phrases(tmp_path / "missing.txt")
