"""Readable pages as the small HTML that a text browser shows: every word of others is escaped."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, unquote

from workstation.domain.document_page import (
    Block,
    Heading,
    ListItem,
    NamedValue,
    ObjectReference,
    Paragraph,
    ReadablePage,
    Table,
)
from workstation.domain.image import FrameKey
from workstation.ui import theme
from workstation.ui.parts.labels import escaped

#: The name of a frame in the study and whether it can be gone to; None where it is not here.
NameOf = Callable[[FrameKey], tuple[str, bool] | None]

_SCHEME = "frame:"
#: References in a row are each named up to so many.
_NAMED = 8


def link_of(frame: FrameKey) -> str:
    """The address of a frame within a page."""
    return f"{_SCHEME}{quote(frame.sop_instance_uid)}/{frame.frame_number}"


def frame_of(address: str) -> FrameKey | None:
    """The frame that an address of a page means."""
    uid, _, number = address.removeprefix(_SCHEME).partition("/")
    if not address.startswith(_SCHEME) or not number.isdigit() or int(number) < 1:
        return None
    return FrameKey(unquote(uid), int(number))


def html(page: ReadablePage, name_of: NameOf) -> str:
    """The page; references to images that are here become links."""
    body = "".join(_block(each, name_of) for each in page.blocks)
    standing = ""
    if page.standing:
        standing = f'<p style="color:{theme.hex_color("text2")}">{escaped(page.standing)}</p>'
    return f'<body style="color:{theme.hex_color("text")}">{standing}{body}</body>'


def _indent(level: int) -> str:
    return f"margin-left:{theme.px(18) * min(level, 8)}px"


def _block(block: Block, name_of: NameOf) -> str:
    if isinstance(block, Heading):
        size, top = (
            (theme.px(16), theme.px(16)) if block.level == 0 else (theme.px(14), theme.px(8))
        )
        style = (
            f"font-size:{size}px;font-weight:600;margin-top:{top}px;margin-bottom:{theme.px(4)}px"
        )
        return f'<p style="{style};{_indent(block.level)}">{escaped(block.text)}</p>'
    style = f"margin-top:{theme.px(2)}px;margin-bottom:{theme.px(2)}px;{_indent(block.level)}"
    grey = theme.hex_color("text2")
    if isinstance(block, Paragraph):
        return f'<p style="{style}">{escaped(block.text)}</p>'
    if isinstance(block, NamedValue):
        name = f'<span style="color:{grey}">{escaped(block.name)}</span>' if block.name else ""
        return f'<p style="{style}">{name}&nbsp;&nbsp;{escaped(block.value)}</p>'
    if isinstance(block, ListItem):
        return (
            f'<p style="{style}">{escaped(block.mark or "•")}&nbsp;&nbsp;{escaped(block.text)}</p>'
        )
    if isinstance(block, Table):
        return _table(block)
    return f'<p style="{style}">{_reference(block, name_of)}</p>'


def _table(block: Table) -> str:
    edge, grey = theme.hex_color("edge"), theme.hex_color("text2")
    pad = theme.px(6)
    head = "".join(
        f'<td style="color:{grey};padding:{pad}px">{escaped(cell)}</td>' for cell in block.columns
    )
    rows = "".join(
        "<tr>"
        + "".join(f'<td style="padding:{pad}px">{escaped(cell)}</td>' for cell in row)
        + "</tr>"
        for row in block.rows
    )
    return (
        f'<table border="1" cellspacing="0" style="border-color:{edge};border-collapse:collapse;'
        f'margin-top:{pad}px;{_indent(block.level)}">'
        + (f"<tr>{head}</tr>" if head else "")
        + f"{rows}</table>"
    )


def _reference(block: ObjectReference, name_of: NameOf) -> str:
    grey = theme.hex_color("text2")
    name = (
        f'<span style="color:{grey}">{escaped(block.name)}</span>&nbsp;&nbsp;' if block.name else ""
    )
    if len(block.frames) > _NAMED or block.unnamed:
        first = next((frame for frame in block.frames if (name_of(frame) or ("", False))[1]), None)
        words = escaped(block.words)
        return name + (f'<a href="{link_of(first)}">{words}</a>' if first else words)
    return name + ", ".join(_named(frame, block.what, name_of) for frame in block.frames)


def _named(frame: FrameKey, what: str, name_of: NameOf) -> str:
    known = name_of(frame)
    if known is None:
        return f'<span style="color:{theme.hex_color("text2")}">{escaped(what)} not here</span>'
    words, reachable = known
    return f'<a href="{link_of(frame)}">{escaped(words)}</a>' if reachable else escaped(words)
