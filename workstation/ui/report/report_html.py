"""The words of a report as HTML in the theme's colours, plain or with what changed."""

from __future__ import annotations

import html
from collections.abc import Sequence

from workstation.domain import report_table
from workstation.domain.identity import PersonName
from workstation.domain.report import Section
from workstation.domain.wording import moment_text
from workstation.ui import theme
from workstation.workflow import differences
from workstation.workflow.differences import Change, Piece


def report_html(sections: Sequence[Section]) -> str:
    """The text as it will be sent."""
    parts = []
    for section in sections:
        if not section.text.strip():
            continue
        parts.append(_section(_heading(section), _body(section.text)))
    return "".join(parts)


def _body(text: str) -> str:
    """Lines, and tables as tables."""
    made = []
    for part in report_table.parts(text.strip()):
        if isinstance(part, str):
            made.append(html.escape(part) + "<br>")
            continue
        rows = (
            "".join(
                f'<td style="padding-right:{theme.px(16)}px">{html.escape(cell)}</td>'
                for cell in row
            )
            for row in part
        )
        # A break before a table would be an empty line.
        made[-1:] = [each.removesuffix("<br>") for each in made[-1:]]
        margins = f"margin-top:{theme.px(4)}px;margin-bottom:{theme.px(8)}px"
        table = "".join(f"<tr>{row}</tr>" for row in rows)
        made.append(f'<table cellspacing="0" style="{margins}">{table}</table>')
    return "".join(made).removesuffix("<br>")


def _heading(section: Section) -> str:
    name = section.kind.value.upper()
    if not section.by or section.at is None:
        return name
    return f"{name}, {PersonName.from_dicom(section.by).display}, " + moment_text(section.at)


def changes_html(before: Sequence[Section], after: Sequence[Section]) -> str:
    """The text after, with what is gone struck through and what is new underlined."""
    parts = []
    for section in differences.sections(before, after):
        body = _parted(section.pieces)
        words = section.kind.value.upper() + ("" if section.changed else ", unchanged")
        parts.append(_section(words, body))
    return "".join(parts)


def _parted(pieces: Sequence[Piece]) -> str:
    """Two versions of words end where they ended: a space parts them."""
    body, last = "", " "
    for each in pieces:
        parted = last[-1].isspace() or each.text[0].isspace()
        body += ("" if parted else " ") + _piece(each.change, each.text)
        last = each.text
    return body


def _piece(change: Change, text: str) -> str:
    words = html.escape(text).replace("\n", "<br>")
    if change is Change.GONE:
        colour = theme.color("text3").name()
        return f'<span style="color:{colour};text-decoration:line-through">{words}</span>'
    if change is Change.NEW:
        colour = theme.color("accent").name()
        return f'<span style="color:{colour};text-decoration:underline">{words}</span>'
    return words


def _section(heading: str, body: str, size: int = 15, colour: str = "text") -> str:
    head = html.escape(heading)
    above = (
        f'<p style="color:{theme.color("text3").name()};font-weight:600;'
        f'font-size:{theme.px(12)}px;margin-top:{theme.px(12)}px;margin-bottom:0">{head}</p>'
    )
    return (above if heading else "") + (
        f'<p style="color:{theme.color(colour).name()};margin-top:{theme.px(2)}px;'
        f'font-size:{theme.px(size)}px;line-height:150%">{body}</p>'
    )


def parts_html(parts: Sequence[tuple[str, str]]) -> str:
    """Headings and texts of an earlier report, quieter than the report that is written."""
    return "".join(_section(heading.upper(), _body(text), 14, "text2") for heading, text in parts)


def compared_html(pairs: Sequence[tuple[str, str, str]]) -> str:
    """(heading, text then, text now): what was said then and is not said now is struck through,
    what is new is underlined."""
    made = []
    for heading, then, now in pairs:
        pieces = differences.sentences(then.strip(), now.strip())
        same = all(each.change is Change.SAME for each in pieces)
        words = heading.upper() + (", the same words" if same else "")
        made.append(_section(words, _parted(pieces), 14, "text2"))
    return "".join(made)
