"""Encapsulated CDA documents as readable pages (PS3.3 A.45.2; HL7 CDA Release 2).

Only text is taken: no script, no style, nothing that a document asks to be fetched.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from lxml import etree

from workstation.domain.document_page import (
    Block,
    Heading,
    ListItem,
    NamedValue,
    Paragraph,
    PdfFile,
    ReadablePage,
    Table,
)
from workstation.domain.errors import DocumentRefused

_SPACE = "{urn:hl7-org:v3}"
_MAXIMUM_BYTES = 32 << 20
_MAXIMUM_DEPTH = 24
_ASK = "Ask the site to send the document again."


def page(content: bytes, title: str) -> ReadablePage | PdfFile:
    """The narrative of the document, or a PDF where its body is one; DocumentRefused where it is
    no CDA."""
    if len(content) > _MAXIMUM_BYTES:
        raise DocumentRefused("The clinical document is too large to be shown.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content.strip(b"\0 \r\n\t"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DocumentRefused(
            "The clinical document is damaged: it is no XML.", remedy=_ASK
        ) from error
    if root.tag != f"{_SPACE}ClinicalDocument":
        raise DocumentRefused("The document is no clinical document of HL7.", remedy=_ASK)
    held = root.find(f"{_SPACE}title")
    named = _words(held) if held is not None else ""
    blocks: list[Block] = list(_head(root))
    body = root.find(f"{_SPACE}component/{_SPACE}nonXMLBody/{_SPACE}text")
    if body is not None:
        raw = _decoded(body)
        if (body.get("mediaType") or "").lower() == "application/pdf":
            return PdfFile(named or title, raw)
        blocks.append(Paragraph(raw.decode("utf-8", "replace")))
    for section in root.iterfind(
        f"{_SPACE}component/{_SPACE}structuredBody/{_SPACE}component/{_SPACE}section"
    ):
        blocks += _section(section, 0)
    return ReadablePage(named or title, tuple(blocks))


def _decoded(body: etree._Element) -> bytes:
    text = body.text or ""
    if (body.get("representation") or "").upper() != "B64":
        return text.encode()
    try:
        return base64.b64decode(re.sub(r"\s+", "", text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise DocumentRefused(
            "The body of the clinical document is damaged.", remedy=_ASK
        ) from error


def _head(root: etree._Element) -> Iterator[Block]:
    """Who wrote it and when; the patient stands in the header of the object."""
    at = root.find(f"{_SPACE}effectiveTime")
    written = "" if at is None else (at.get("value") or "")
    if len(written) >= 8:
        yield NamedValue("Written", f"{written[:4]}-{written[4:6]}-{written[6:8]}")
    steps = ("author", "assignedAuthor", "assignedPerson", "name")
    for name in root.iterfind("/".join(f"{_SPACE}{step}" for step in steps)):
        words = " ".join(part for part in (_clean(p) for p in name.itertext()) if part)
        if words:
            yield NamedValue("Author", words)


def _section(section: etree._Element, depth: int) -> Iterator[Block]:
    if depth > _MAXIMUM_DEPTH:
        yield Paragraph("(nested deeper than a document can be read)", depth)
        return
    title = section.find(f"{_SPACE}title")
    if title is not None and _words(title):
        yield Heading(_words(title), depth)
    text = section.find(f"{_SPACE}text")
    if text is not None:
        yield from _narrative(text, depth)
    for inner in section.iterfind(f"{_SPACE}component/{_SPACE}section"):
        yield from _section(inner, depth + 1)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _clean(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


def _words(element: etree._Element) -> str:
    """All text below an element, with its line breaks; pictures are said to be left out."""
    parts: list[str] = [element.text or ""]
    for child in element:
        name = _name(child)
        if name == "br":
            parts.append("\n")
        elif name == "renderMultiMedia":
            parts.append("(picture not shown)")
        elif name not in ("script", "style"):
            parts.append(_words(child))
        parts.append(child.tail or "")
    lines = "".join(parts).split("\n") if any(p == "\n" for p in parts) else ["".join(parts)]
    return "\n".join(filter(None, (_clean(line) for line in lines)))


def _narrative(element: etree._Element, depth: int) -> Iterator[Block]:
    """The narrative block of a section: paragraphs, lists, tables, text between them."""
    loose: list[str] = [element.text or ""]

    def settle() -> Iterator[Block]:
        words = _clean(" ".join(loose))
        loose.clear()
        if words:
            yield Paragraph(words, depth)

    for child in element:
        name = _name(child)
        if name in ("paragraph", "list", "table"):
            yield from settle()
            if name == "paragraph":
                words = _words(child)
                if words:
                    yield Paragraph(words, depth)
            elif name == "list":
                yield from _list(child, depth)
            else:
                yield from _table(child, depth)
        elif name == "br":
            yield from settle()
        elif name == "renderMultiMedia":
            loose.append("(picture not shown)")
        elif name not in ("script", "style"):
            loose.append(_words(child))
        loose.append(child.tail or "")
    yield from settle()


def _list(element: etree._Element, depth: int) -> Iterator[Block]:
    ordered = element.get("listType") == "ordered"
    for number, item in enumerate(element.iterfind(f"{_SPACE}item"), start=1):
        inner = [child for child in item if _name(child) == "list"]
        words = _words(item) if not inner else _clean(item.text)
        mark = f"{number}." if ordered else ""
        if words:
            yield ListItem(words, mark, depth)
        for each in inner:
            yield from _list(each, depth + 1)


def _table(element: etree._Element, depth: int) -> Iterator[Block]:
    rows = [
        tuple(_words(cell) for cell in row if _name(cell) in ("td", "th"))
        for row in element.iter(f"{_SPACE}tr")
    ]
    rows = [row for row in rows if row]
    if not rows:
        return
    width = max(len(row) for row in rows)
    even = [row + ("",) * (width - len(row)) for row in rows]
    first = element.find(f"{_SPACE}thead/{_SPACE}tr")
    headed = first is not None
    caption = element.find(f"{_SPACE}caption")
    if caption is not None and _words(caption):
        yield Paragraph(_words(caption), depth)
    yield Table(even[0] if headed else (), tuple(even[1:] if headed else even), depth)
