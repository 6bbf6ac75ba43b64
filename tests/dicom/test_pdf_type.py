"""Lines of mixed scripts: whole, inside the margins, over pages, in the order of reading."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pypdf
import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from workstation.dicom import bidi, pdf_fonts, pdf_type
from workstation.dicom.pdf_fonts import REGULAR, plain, unprintable
from workstation.dicom.pdf_type import paragraph
from workstation.settings import resources

STYLE = ParagraphStyle("body", fontName=REGULAR, fontSize=10, leading=15)
JAPANESE = "右肺上葉に径12 mmの充実性結節を認める。胸水、リンパ節腫大はない。"
ARABIC = "لا يوجد استرواح صدري. توجد عقيدة صلبة قياسها 12 mm في الفص العلوي. "


def pieces(text: str, base: int) -> list[pdf_type._Piece]:
    return pdf_type._pieces(text, base, REGULAR, 10.0, pdf_fonts.east_asian_type(text))


def lines(text: str, width: float) -> list[str]:
    made = paragraph(text, STYLE)
    made.wrap(width, 1000)
    return list(made._lines)


@pytest.mark.parametrize("text", [JAPANESE * 5, ARABIC * 5, "Size " + JAPANESE + ARABIC])
@pytest.mark.parametrize("width", [60.0, 150.0, 400.0])
def test_no_character_is_lost_and_no_line_is_wider_than_its_column(text: str, width: float) -> None:
    made = paragraph(text, STYLE)
    _, height = made.wrap(width, 1000)
    assert "".join(made._lines) == text
    assert height == len(made._lines) * STYLE.leading
    for pieces in made._shown:
        assert sum(each.width for each in pieces) <= width + 0.01


def test_a_line_of_japanese_begins_with_no_full_stop() -> None:
    for width in range(60, 300, 7):
        assert not any(each[0] in "、。）" for each in lines(JAPANESE * 4, float(width)))


def test_words_of_arabic_are_not_cut_where_they_fit() -> None:
    whole = set((ARABIC * 4).split())
    assert set(" ".join(lines(ARABIC * 4, 220.0)).split()) <= whole


def test_what_does_not_fit_goes_to_the_next_page_whole() -> None:
    made = paragraph(JAPANESE * 20, STYLE)
    first, rest = made.split(200.0, 61.0)
    assert first.wrap(200.0, 61.0)[1] == 60.0
    rest.wrap(200.0, 10_000.0)
    assert "".join(first._lines) + "".join(rest._lines) == JAPANESE * 20
    assert made.split(200.0, 3.0) == []


def test_a_paragraph_that_begins_right_ends_at_the_right_margin() -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream)
    made = paragraph(ARABIC.strip(), STYLE)
    made.wrap(400.0, 100.0)
    made.drawOn(canvas, 50.0, 500.0)
    canvas.save()
    places: list[float] = []

    def seen(text: str, page: list[float], matrix: list[float], *_: object) -> None:
        if text.strip():
            places.append(page[4] + matrix[4])

    pypdf.PdfReader(stream).pages[0].extract_text(visitor_text=seen)
    width = sum(each.width for each in made._shown[0])
    assert min(places) == pytest.approx(450.0 - width, abs=1.0)


def test_arabic_letters_take_the_form_of_their_place_and_narrow_the_word() -> None:
    (piece,) = pieces("يوجد", 1)
    alone = sum(pieces(each, 1)[0].width for each in "يوجد")
    assert piece.width < alone
    assert set(piece.text).isdisjoint("يوجد"), "no letter in the form that it has alone"


def test_brackets_are_mirrored_where_they_run_right_to_left() -> None:
    shown = "".join(each.text for each in pieces("صدري (34)", 1))
    assert shown.startswith("(34)")


def test_latin_stays_an_ordinary_paragraph() -> None:
    assert plain("Größe 5 mm, Без изменений, Χωρίς")
    assert not plain("所見")
    assert unprintable("所見 لا 12") == ""
    assert unprintable("ไม่ \u2067") == "ไม่\u2067"


CHINESE = "双肺上叶见一实性结节，大小约12 mm×9 mm，边界清。未见胸腔积液，未见气胸。骨窗未见异常。"
KOREAN = "우상엽에 12 mm 크기의 고형 결절이 있으며, 이전 검사와 비교하여 크기가 증가하였습니다. "
HEBREW = 'באונה העליונה הימנית נראה נודול בקוטר 12 מ"מ (לעומת 9 מ"מ). אין תפליט פלאורלי. '


def typed(text: str, whole: str = "") -> dict[str, str]:
    """The type of each character that Inter does not set."""
    with pdf_fonts.set_for(whole or text):
        found = pdf_fonts.fonts_of(text, pdf_fonts.east_asian_type(text))
    return {each: name for each, name in zip(text, found, strict=True) if name != REGULAR}


@pytest.mark.parametrize("text", [CHINESE * 5, KOREAN * 5, HEBREW * 5, "CT " + HEBREW + CHINESE])
@pytest.mark.parametrize("width", [60.0, 150.0, 400.0])
def test_nothing_of_chinese_korean_and_hebrew_is_lost_or_too_wide(text: str, width: float) -> None:
    assert unprintable(text) == ""
    made = paragraph(text, STYLE)
    made.wrap(width, 1000)
    assert "".join(made._lines) == text
    for pieces in made._shown:
        assert sum(each.width for each in pieces) <= width + 0.01


def test_characters_that_china_and_japan_share_take_the_type_of_their_text() -> None:
    """The same code point is drawn otherwise in each: 骨 and 直."""
    assert set(typed(CHINESE).values()) == {"NocturneSansSC"}
    assert set(typed(JAPANESE).values()) == {"MotoyaLCedar"}
    assert typed(KOREAN + "骨")["骨"] == "MotoyaLCedar"
    # A line that could be either is one of the report's.
    assert set(typed("骨直", CHINESE).values()) == {"NocturneSansSC"}
    assert set(typed("骨直", JAPANESE).values()) == {"MotoyaLCedar"}


def test_every_character_of_the_national_sets_is_printed() -> None:
    """GB 2312 in Chinese, KS X 1001 in Korean: the sets that their names promise."""
    for codec, count in (("gb2312", 6763), ("euc_kr", 2350)):
        held = []
        for first in range(0xB0, 0xF8):
            for second in range(0xA1, 0xFF):
                try:
                    held.append(bytes((first, second)).decode(codec))
                except UnicodeDecodeError:
                    continue
        wanted = held if codec == "gb2312" else [each for each in held if "가" <= each <= "힣"]
        assert len(wanted) == count
        assert unprintable("".join(wanted)) == ""


def test_hangul_and_accents_that_were_typed_in_pieces_are_printed_as_one() -> None:
    pieces = unicodedata.normalize("NFD", "결절 없음, Größe")
    assert unprintable(pieces) == ""
    assert "".join(paragraph(pieces, STYLE)._text) == "결절 없음, Größe"


def test_words_of_korean_stay_whole_where_they_fit() -> None:
    whole = set((KOREAN * 4).split())
    assert set(" ".join(lines(KOREAN * 4, 220.0)).split()) <= whole


def test_hebrew_ends_at_the_right_and_its_points_stand_at_their_letters() -> None:
    assert bidi.base_level(HEBREW) == 1
    (bare,) = pieces("שלום", 1)
    (pointed,) = pieces("שָׁלוֹם", 1)
    assert pointed.width == pytest.approx(bare.width)
    assert len(pointed.text) > len(bare.text)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils are not installed")
@pytest.mark.parametrize("text", [CHINESE, KOREAN.strip(), HEBREW.strip()])
def test_another_program_reads_what_was_written(tmp_path: Path, text: str) -> None:
    file = tmp_path / "page.pdf"
    canvas = Canvas(str(file), pagesize=(900, 200))
    made = paragraph(text, STYLE)
    made.wrap(800.0, 100.0)
    made.drawOn(canvas, 50.0, 100.0)
    canvas.save()
    told = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True)
    if text == HEBREW.strip():
        # poppler puts the blanks and brackets beside numbers elsewhere; the words are in order.
        words = r"[א-ת]+|[0-9]+"
        assert re.findall(words, told.stdout) == re.findall(words, text)
    else:
        assert told.stdout.replace("\n", "").replace("\f", "") == text


@pytest.mark.parametrize("name", ["NocturneSansSC", "NocturneSansKR"])
def test_a_part_of_a_font_has_a_name_of_its_own_and_the_digest_that_is_written(name: str) -> None:
    """The licence (OFL 1.1, 3) keeps the reserved name for the whole font."""
    file = resources() / "fonts" / f"{name}-Regular.ttf"
    written = (resources() / "fonts" / "README.md").read_text(encoding="utf-8")
    assert f"{file.name}  {hashlib.sha256(file.read_bytes()).hexdigest()}" in written
    face = TTFont(f"{name} alone", str(file)).face
    for told in (face.familyName, face.fullName, face.name):
        assert not re.search(rb"Source|Noto", told if isinstance(told, bytes) else told.encode())
