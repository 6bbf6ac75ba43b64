"""The report as pages: one look for every site, made of the content that was signed.

Every page names the patient, the accession number, what sort of report it is, who signed it and
when, page x of y, and that the program is no medical device. Type is embedded. A script that the
bundled type (`pdf_type`) has no glyphs for is not printed with holes: no pages are made.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    HRFlowable,
    Image,
    KeepTogether,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)

from workstation.dicom.pdf_fonts import BOLD, MEDIUM, REGULAR, set_for, unprintable
from workstation.dicom.pdf_type import draw, paragraph
from workstation.domain.errors import ReaderError
from workstation.domain.identity import PersonName, Sex
from workstation.domain.quantities import UNITS
from workstation.domain.report import SectionKind, Version
from workstation.domain.report_content import ReportContent, clean
from workstation.domain.report_table import parts
from workstation.domain.site import Site
from workstation.domain.wording import moment_text, unit_text

_INK, _GREY, _LINE = HexColor("#111111"), HexColor("#555555"), HexColor("#BBBBBB")
_MARGIN = 18 * mm
_KEY_IMAGE_MM = 82


#: What a product without clearance says at the foot of each report.
LABEL = "Made with Nocturne. Not a medical device; not for primary diagnosis."


class Unprintable(ReaderError):
    """The bundled type has no glyphs for a script of the report."""


@dataclass(frozen=True, slots=True, eq=False)
class KeyPicture:
    """A key image as it is printed: grey (rows, columns) or RGB bytes, and its name.

    `picture` is None where the image could not be decoded: the caption says so.
    """

    picture: NDArray[np.uint8] | None
    caption: str


def _name(name: PersonName) -> str:
    """The groups of a name that can be printed, the alphabetic one at least (PS3.5 6.2.1)."""
    groups = [name.display]
    if name.ideographic:
        groups.append(" ".join(name.ideographic.split("^")).strip())
    printed = [each for each in groups if not unprintable(each)]
    return "  ".join(printed) if printed else ""


def _words(content: ReportContent, site: Site) -> str:
    """Everything that must be printed."""
    parts = [clean(each.text) for each in content.sections]
    parts += [_by(each.by) for each in content.sections if each.by]
    parts += [content.procedure, content.reason, content.reader.name.display]
    parts += [content.reader.organization, site.title, site.address, site.telephone]
    return "\n".join(parts)


def _by(written: str) -> str:
    return PersonName.from_dicom(written).display


def standing(content: ReportContent) -> str:
    """What sort of report it is, in capitals."""
    if content.preliminary:
        return "PRELIMINARY REPORT"
    return {
        Version.ADDENDUM: "FINAL REPORT WITH ADDENDUM",
        Version.CORRECTION: "CORRECTED FINAL REPORT",
    }.get(content.version, "FINAL REPORT")


def signature(content: ReportContent) -> str:
    """Who signed, as what, when."""
    reader = content.reader
    who = ", ".join(x for x in (reader.name.display, reader.role.value, reader.organization) if x)
    verb = "Preliminary, by" if content.preliminary else "Signed by"
    return f"{verb} {who}, {moment_text(content.signed_at)}"


def _style(name: str, size: float, font: str = REGULAR, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=size,
        leading=more.pop("leading", size * 1.4),
        textColor=more.pop("colour", _INK),
        alignment=TA_LEFT,
        **more,
    )


_BODY = _style("body", 10.5, leading=15)
_SMALL = _style("small", 8, colour=_GREY)
_HEAD = _style("head", 8.5, BOLD, colour=_GREY, spaceBefore=9, spaceAfter=2, keepWithNext=1)
_TITLE = _style("title", 15, BOLD, spaceBefore=4, spaceAfter=6)
_SITE = _style("site", 12, BOLD)
_LABEL = _style("label", 8.5, colour=_GREY)
_FACT = _style("fact", 9.5, MEDIUM)


def _paragraphs(text: str, style: ParagraphStyle) -> list[Any]:
    return [
        paragraph(part, style) if isinstance(part, str) else _table(part)
        for part in parts(clean(text))
    ]


def _table(rows: list[list[str]]) -> Table:
    """A table of the text; its first row names the columns."""
    held = [
        [paragraph(cell, _FACT if at else _LABEL) for cell in row] for at, row in enumerate(rows)
    ]
    wide = max(map(len, rows))
    made = Table(
        [row + [""] * (wide - len(row)) for row in held], repeatRows=1, spaceBefore=3, spaceAfter=6
    )
    made.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return made


def _facts(content: ReportContent) -> Table:
    study, patient = content.study, content.study.patient
    born = patient.birth_date
    day = study.study_date
    sex = {Sex.FEMALE: "female", Sex.MALE: "male", Sex.OTHER: "other"}.get(patient.sex, "unknown")
    identity = patient.patient_id + (
        f" ({patient.issuer_of_patient_id})" if patient.issuer_of_patient_id else ""
    )
    left = [
        ("Patient", _name(patient.name) or "name in a script that is not printed here"),
        ("Patient ID", identity or "none"),
        ("Born, sex", f"{f'{born.day} {born:%b %Y}' if born else 'unknown'}, {sex}"),
        ("Referrer", _name(study.referrer) if study.referrer.family else ""),
    ]
    right = [
        ("Procedure", content.procedure or study.description or "not named"),
        ("Accession", study.accession_number or "none"),
        ("Study date", f"{day.day} {day:%b %Y}" if day else "unknown"),
        ("Modality", content.modality),
    ]
    rows = [
        [
            paragraph(a, _LABEL),
            paragraph(b, _FACT, left=True),
            paragraph(c, _LABEL),
            paragraph(d, _FACT, left=True),
        ]
        for (a, b), (c, d) in zip(left, right, strict=True)
    ]
    table = Table(rows, colWidths=[21 * mm, 66 * mm, 21 * mm, 66 * mm])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 1),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ]
        )
    )
    return table


def _figure(held: KeyPicture) -> list[Any]:
    picture = held.picture
    if picture is None:
        return [paragraph(held.caption, _SMALL)]
    shown = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    rows, columns = picture.shape[:2]
    # A page is for orientation: lossless noise would make it ten times as long to send.
    made, encoded = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, 90])
    if not made:
        raise ReaderError("A key image could not be printed.")
    width = _KEY_IMAGE_MM * mm
    height = min(width * rows / columns, 110 * mm)
    figure = Image(
        io.BytesIO(encoded.tobytes()), width=height * columns / rows, height=height, lazy=0
    )
    figure.hAlign = "LEFT"
    return [figure, paragraph(held.caption, _SMALL)]


def _figures(pictures: Sequence[KeyPicture]) -> list[Any]:
    if not pictures:
        return []
    cells: list[Any] = [_figure(each) for each in pictures]
    if len(cells) % 2:
        cells.append("")
    rows = [cells[at : at + 2] for at in range(0, len(cells), 2)]
    table = Table(rows, colWidths=[87 * mm, 87 * mm])
    table.setStyle(
        TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    )
    return [paragraph("KEY IMAGES (for orientation, not for diagnosis)", _HEAD), table]


def _story(
    content: ReportContent, site: Site, pictures: Sequence[KeyPicture], certified_by: str
) -> list[Any]:
    story: list[Any] = [paragraph(site.title or "Diagnostic imaging", _SITE)]
    place = "   ".join(x for x in (site.address, site.telephone) if x)
    if place:
        story.append(paragraph(place, _SMALL))
    rule = HRFlowable(width="100%", color=_LINE, thickness=0.6, spaceBefore=4, spaceAfter=4)
    story += [rule, paragraph(standing(content), _TITLE), _facts(content), rule]
    if content.author is not None:
        words = f"Preliminary report by {_name(content.author)}"
        story.append(paragraph(words, _SMALL))
    measured = _measured(content)
    for section in content.sections:
        if not clean(section.text):
            continue
        heading = section.kind.value.upper()
        if section.by and section.at is not None:
            heading += f", {_by(section.by)}, {moment_text(section.at)}"
        story.append(paragraph(heading, _HEAD))
        story += _paragraphs(section.text, _BODY)
        if section.kind is SectionKind.FINDINGS:
            story += measured
            measured = []
    story += measured  # no findings were written: the numbers stand behind what was
    story += _figures(pictures)
    story += [
        Spacer(1, 10),
        KeepTogether(
            [
                rule,
                paragraph(signature(content), _FACT),
                paragraph(f"Signature (SHA-256 over the content): {content.digest}", _SMALL),
                *_certified(certified_by),
            ]
        ),
    ]
    return story


def _certified(by: str) -> list[Any]:
    """That this file itself is signed, where the name can be printed."""
    if not by:
        return []
    named = f" by {by}" if not unprintable(by) else ""
    words = f"This file carries an electronic signature (PAdES){named}: check it in your viewer."
    return [paragraph(words, _SMALL)]


def _measured(content: ReportContent) -> list[Any]:
    """The numbers with their names, as the structured report holds them; nothing without any."""
    if not content.quantities:
        return []
    printed = {code.value: unit_text(ours) for ours, code in UNITS.items()}
    lines = [
        f"{each.name.meaning} {each.number} {printed.get(each.unit.value, each.unit.meaning)}"
        for each in content.quantities
    ]
    return [paragraph("Measurements: " + "; ".join(lines) + ".", _SMALL)]


class _Numbered(Canvas):  # type: ignore[misc]
    """Writes the foot of each page once their number is known."""

    content: ReportContent

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, held in enumerate(self._pages, start=1):
            self.__dict__.update(held)
            self._foot(number, len(self._pages))
            super().showPage()
        super().save()

    def _foot(self, number: int, count: int) -> None:
        content, width = self.content, A4[0]
        study = content.study
        who = "   ".join(
            part
            for part in (
                _name(study.patient.name),
                f"ID {study.patient.patient_id}",
                f"Accession {study.accession_number}" if study.accession_number else "",
            )
            if part
        )
        self.setStrokeColor(_LINE)
        self.line(_MARGIN, 17 * mm, width - _MARGIN, 17 * mm)
        self.setFillColor(_INK)
        draw(self, _MARGIN, 12.5 * mm, who, MEDIUM, 8.5)
        self.setFont(MEDIUM, 8.5)
        self.drawRightString(width - _MARGIN, 12.5 * mm, f"Page {number} of {count}")
        self.setFillColor(_GREY)
        words = f"{standing(content)}   {signature(content)}"
        draw(self, _MARGIN, 8.8 * mm, words, REGULAR, 7.5)
        draw(self, _MARGIN, 5.4 * mm, LABEL, REGULAR, 7.5)


def require_glyphs(content: ReportContent, site: Site) -> None:
    """`Unprintable` where the type has no glyphs for what must be read."""
    missing = unprintable(_words(content, site))
    if missing:
        raise Unprintable(
            "The PDF is left out: its type has no letters for a script of this report.",
            means="The structured report holds every word; the site shows that one.",
            remedy="Nothing, where the site reads the structured report.",
        )


def build_pages(
    content: ReportContent,
    site: Site,
    pictures: Sequence[KeyPicture] = (),
    *,
    certified_by: str = "",
) -> bytes:
    """The PDF; `Unprintable` where the type has no glyphs for what must be read.

    `certified_by` is in whose name the pages are signed with a certificate afterwards.
    """
    require_glyphs(content, site)
    stream = io.BytesIO()
    document = BaseDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=14 * mm,
        bottomMargin=20 * mm,
        title="Diagnostic imaging report",
        author=content.reader.name.display,
        lang="en",
        # The same content gives the same bytes.
        invariant=1,
    )
    frame = Frame(
        _MARGIN, 20 * mm, A4[0] - 2 * _MARGIN, A4[1] - 34 * mm, leftPadding=0, rightPadding=0
    )
    document.addPageTemplates([PageTemplate("page", [frame])])
    canvas = type("_Pages", (_Numbered,), {"content": content})
    with set_for(_words(content, site)):
        document.build(_story(content, site, pictures, certified_by), canvasmaker=canvas)
    return stream.getvalue()
