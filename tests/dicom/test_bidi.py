"""The order of text that runs both ways, held against the test data of Unicode itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from workstation.dicom.bidi import base_level, directions, has_controls, line_order

#: Debian's package unicode-data.
DATA = Path("/usr/share/unicode/BidiCharacterTest.txt")


def shown(text: str, base: int | None = None) -> str:
    found = directions(text, base)
    return "".join(text[at] for at in line_order(found.levels, text, found.base))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("CT 12 mm", "CT 12 mm"),
        ("אבג", "גבא"),
        ("אבג 12 mm דה", "הד mm 12 גבא"),
        ("קוטר 12.5 מ", "מ 12.5 רטוק"),  # a number keeps its order
        ("size אבג, ab", "size גבא, ab"),
        ("אב (CT) גד", "דג )CT( בא"),  # each bracket is drawn mirrored (L4)
    ],
)
def test_words_and_numbers_stand_where_a_reader_expects_them(text: str, seen: str) -> None:
    assert shown(text) == seen


def test_the_first_strong_letter_decides_the_direction_of_the_paragraph() -> None:
    assert base_level("12 אב ab") == 1
    assert base_level("ab אב") == 0
    assert base_level("12.5") == 0


def test_explicit_controls_are_refused() -> None:
    assert has_controls("a\u202eb")
    with pytest.raises(ValueError, match="controls"):
        directions("a\u2067b\u2069")


def test_every_case_of_unicode_without_explicit_controls_is_ordered_the_same() -> None:
    if not DATA.exists():
        pytest.skip("BidiCharacterTest.txt (Debian unicode-data) is not installed")
    tried = 0
    for line in DATA.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        codes, wanted_base, base, levels, order = line.split(";")
        text = "".join(chr(int(code, 16)) for code in codes.split())
        if has_controls(text):
            continue
        found = directions(text, {"0": 0, "1": 1, "2": None}[wanted_base])
        assert found.base == int(base), line
        told = levels.split()
        assert [
            "x" if want == "x" else str(got) for got, want in zip(found.levels, told, strict=True)
        ] == told, line
        visible = {at for at, want in enumerate(told) if want != "x"}
        seen = [at for at in line_order(found.levels, text, found.base) if at in visible]
        assert seen == [int(each) for each in order.split()], line
        tried += 1
    assert tried > 90_000
