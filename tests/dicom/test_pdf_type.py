"""Lines of mixed scripts: whole, inside the margins, over pages, in the order of reading."""

from __future__ import annotations

import io

import pypdf
import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas

from workstation.dicom import pdf_type
from workstation.dicom.pdf_type import REGULAR, paragraph, plain, unprintable

STYLE = ParagraphStyle("body", fontName=REGULAR, fontSize=10, leading=15)
JAPANESE = "右肺上葉に径12 mmの充実性結節を認める。胸水、リンパ節腫大はない。"
ARABIC = "لا يوجد استرواح صدري. توجد عقيدة صلبة قياسها 12 mm في الفص العلوي. "


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
    (piece,) = pdf_type._pieces("يوجد", 1, REGULAR, 10.0)
    alone = sum(pdf_type._pieces(each, 1, REGULAR, 10.0)[0].width for each in "يوجد")
    assert piece.width < alone
    assert set(piece.text).isdisjoint("يوجد"), "no letter in the form that it has alone"


def test_brackets_are_mirrored_where_they_run_right_to_left() -> None:
    shown = "".join(each.text for each in pdf_type._pieces("صدري (34)", 1, REGULAR, 10.0))
    assert shown.startswith("(34)")


def test_latin_stays_an_ordinary_paragraph() -> None:
    assert plain("Größe 5 mm, Без изменений, Χωρίς")
    assert not plain("所見")
    assert unprintable("所見 لا 12") == ""
    assert unprintable("ไม่ \u2067") == "ไม่\u2067"
