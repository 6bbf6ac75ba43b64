"""Report templates as HTML5 files of IHE MRRT (Management of Radiology Report Templates, 3.105).

Read tolerantly, since files in the wild follow the profile loosely, and sanitised: of the foreign
page only words and lists of choices are taken over, no script, style, link or event. What MRRT has
no word for (to whom a template fits, what it merges) stands in attributes of our own, which others
pass over; it is read back only where it is one of ours.
"""

from __future__ import annotations

import html
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workstation.domain.errors import ReaderError
from workstation.domain.identity import Sex
from workstation.domain.report import BODY, LOINC, Section, SectionKind
from workstation.domain.wording import FIELD, HIDDEN_SIGNS
from workstation.workflow.merge_fields import FIELDS, MERGE
from workstation.workflow.templates import ReportTemplate

if TYPE_CHECKING:
    from lxml import html as lxml_html

#: A foreign file larger than this is no template.
MOST_BYTES = 2_000_000
#: Names of sections as they occur in files → ours.
_KINDS = (
    (re.compile(r"clinical|indication|history|reason", re.IGNORECASE), BODY[0]),
    (re.compile(r"compar|prior", re.IGNORECASE), BODY[1]),
    (re.compile(r"techni|procedure|protocol|exam", re.IGNORECASE), BODY[2]),
    (re.compile(r"impression|conclusion|summary|opinion", re.IGNORECASE), BODY[4]),
)
_MODALITIES = ("CT", "MR", "US", "MG", "NM", "PT", "PET", "CR", "DX", "RF", "XA")
#: Control characters go too: no form that goes out can hold them (PS3.5 6.1.2.1, XML 1.0 2.2).
_CONTROLS = "".join(
    each for each in map(chr, (*range(0x20), *range(0x7F, 0xA0))) if not each.isspace()
)
_PLAIN = str.maketrans("[]{}", "()()", _CONTROLS + "".join(HIDDEN_SIGNS))
_BLOCKS = {"p", "div", "tr", "li", "br", "section", "header", "h1", "h2", "h3", "table", "ul"}
_SKIPPED = {"script", "style", "head", "title", "noscript", "iframe", "object", "link", "meta"}


#: PROHIBIT: the report may not be completed without the field.
_COMPLETION = "data-field-completion-action"
#: Attributes of our own in what we write.
_LIST = "nocturne.list."
_OURS, _MERGED = "data-nocturne-list", "data-nocturne-merge"


class NoTemplate(ReaderError):
    """The file is no template that can be taken over; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A template with what its file says of its rights."""

    template: ReportTemplate
    licence: str
    publisher: str


def import_template(content: bytes, name: str) -> Imported:
    """Read an MRRT file. NoTemplate where nothing of a report is in it."""
    if len(content) > MOST_BYTES:
        raise NoTemplate(
            "This file is too large for a report template.", remedy="Choose another file."
        )
    # No network and no entity of the outside: the tolerant HTML parser resolves none.
    # Imported late: lxml is large, and templates are rarely taken over.
    from lxml import etree
    from lxml import html as lxml_html

    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        page = lxml_html.document_fromstring(content, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise NoTemplate(
            f"This file is no HTML page ({error}).", remedy="Choose a template in MRRT format."
        ) from error
    meta = {
        str(each.get("name", "")).lower(): str(each.get("content", ""))
        for each in page.iter("meta")
    }
    licence, publisher = (
        _plain(meta.get(f"dcterms.{name}", "")) for name in ("license", "publisher")
    )
    title = meta.get("dcterms.title") or _plain(page.findtext(".//title") or "") or name
    options: dict[str, tuple[str, ...]] = {}
    texts: dict[SectionKind, list[str]] = {}
    required: set[SectionKind] = set()
    tops = [each for each in page.iter("section") if not _inside_section(each)]
    for element in tops or list(page.iter("body")):
        called = str(element.get("data-section-name") or element.get("id") or "")
        kind = next((held for pattern, held in _KINDS if pattern.search(called)), BODY[3])
        text = _tidy("".join(_words(element, options, called)))
        if text:
            texts.setdefault(kind, []).append(text)
        if str(element.get("data-section-required", "")).lower() in ("true", "yes", "1"):
            required.add(kind)
        if any(each.get(_COMPLETION, "").upper() == "PROHIBIT" for each in element.iter()):
            required.add(kind)
    if not texts:
        raise NoTemplate(
            "This page holds no section of a report.", remedy="Choose a template in MRRT format."
        )
    for listed, held in _own_lists(meta):
        options.setdefault(listed, held)
    sections = tuple(Section(kind, "\n".join(texts.get(kind, []))) for kind in BODY)
    template = ReportTemplate(
        name=_name(name),
        title=_plain(title),
        modalities=frozenset(_modalities(meta)),
        body_parts=frozenset(each.upper() for each in _listed(meta, "body-parts")),
        procedures=tuple(each.lower() for each in _listed(meta, "procedures")),
        sections=sections,
        required=frozenset(required),
        options=options,
        sexes=frozenset(Sex(each) for each in _listed(meta, "sexes") if each in list(Sex)),
        ages=_ages(meta.get("nocturne.ages", "")),
        source=", ".join(filter(None, (publisher, licence))),
    )
    return Imported(template, licence, publisher)


def _listed(meta: Mapping[str, str], name: str) -> list[str]:
    held = (_plain(each) for each in meta.get(f"nocturne.{name}", "").split(";"))
    return [each for each in held if each]


def _own_lists(meta: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, held in meta.items():
        if not key.startswith(_LIST):
            continue
        try:
            read = json.loads(held)
        except ValueError:
            continue
        if isinstance(read, list) and len(read) > 1 and all(isinstance(x, str) for x in read):
            yield _plain(read[0]), _statements(read[1:])


def _statements(held: Iterable[str]) -> tuple[str, ...]:
    """Choices of a list that we wrote: they may hold fields, no link and no merge field."""
    braces = str.maketrans("{}", "()")
    return tuple(dict.fromkeys(" ".join(each.split()).translate(braces) for each in held))


def _ages(told: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"(\d{1,3})-(\d{1,3})", told.strip())
    if found is None or int(found[1]) > int(found[2]):
        return None
    return int(found[1]), int(found[2])


def _inside_section(element: lxml_html.HtmlElement) -> bool:
    return any(each.tag == "section" for each in element.iterancestors())


def _modalities(meta: dict[str, str]) -> list[str]:
    for told in (meta.get("dcterms.subject", ""), meta.get("dcterms.title", "")):
        found = [each for each in _MODALITIES if re.search(rf"\b{each}\b", told)]
        if "PET" in found:
            return ["PT", "PET"]  # the CT of PET/CT is read with it
        if found:
            return found
    return []


def _name(name: str) -> str:
    made = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return made[:60] or "imported"


def _plain(text: str) -> str:
    """Words without what our own text gives a meaning: brackets of fields, braces of links; and
    without signs that nobody sees, which could turn what is read around."""
    return " ".join(text.translate(_PLAIN).split())


def _tidy(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return "\n".join(line for line in lines if line)


def _label_of(element: lxml_html.HtmlElement) -> str:
    told = element.get("data-field-name") or element.get("name") or element.get("id") or "field"
    return _plain(str(told).replace("_", " ")) or "field"


def _words(
    element: lxml_html.HtmlElement, options: dict[str, tuple[str, ...]], called: str
) -> Iterator[str]:
    """The words of an element and its children, fields in our brackets."""
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag in _SKIPPED or not tag:
        yield _plain_tail(element)
        return
    if tag == "select":
        yield _select(element, options)
    elif tag == "input":
        yield _input(element, options)
    elif tag == "textarea":
        yield _plain(element.text or "") or f"[{_label_of(element)}]"
    else:
        if tag in _BLOCKS:
            yield "\n"
        # The heading that repeats the section's own name is our heading already.
        if not (tag in ("header", "h1", "h2", "h3") and _plain(element.text_content()) == called):
            yield _plain_inline(element.text)
            for child in element:
                yield from _words(child, options, called)
        if tag in _BLOCKS:
            yield "\n"
    yield _plain_tail(element)


def _plain_inline(text: str | None) -> str:
    if not text:
        return ""
    edge_before = " " if text[:1].isspace() else ""
    edge_after = " " if text[-1:].isspace() else ""
    return f"{edge_before}{_plain(text)}{edge_after}"


def _plain_tail(element: lxml_html.HtmlElement) -> str:
    return _plain_inline(element.tail)


def _offer(
    name: str,
    choices: list[str],
    options: dict[str, tuple[str, ...]],
    chosen: Iterable[str] = (),
) -> str:
    """A field with a list; what its author has `chosen` beforehand is the normal statement."""
    known = dict.fromkeys(filter(None, (*chosen, *choices)))
    if not known:
        return f"[{name}]"
    # An empty first option: nobody but the author knows which of a foreign list is normal.
    held = tuple(known) if any(chosen) else ("", *known)
    number, free = 2, name
    while options.get(free, held) != held:
        free, number = f"{name} {number}", number + 1
    options[free] = held
    return f"[{free}]"


def _select(element: lxml_html.HtmlElement, options: dict[str, tuple[str, ...]]) -> str:
    if element.get(_OURS) is not None:
        return _own_select(element, options)
    choices = [_plain(each.text_content()) for each in element.iter("option")]
    chosen = [
        _plain(each.text_content())
        for each in element.iter("option")
        if each.get("selected") is not None
    ]
    return _offer(_label_of(element), choices, options, chosen[:1])


def _own_select(element: lxml_html.HtmlElement, options: dict[str, tuple[str, ...]]) -> str:
    """A list that we wrote: its first choice is the normal statement, and choices hold fields."""
    name = _label_of(element)
    options.setdefault(name, _statements(each.text_content() for each in element.iter("option")))
    return f"[{name}]"


def _input(element: lxml_html.HtmlElement, options: dict[str, tuple[str, ...]]) -> str:
    merged = str(element.get(_MERGED, ""))
    if merged in FIELDS:
        return f"{{{{{merged}}}}}"
    kind = str(element.get("type", "text")).lower()
    if kind in ("hidden", "button", "submit", "reset", "image", "file", "password"):
        return ""
    if kind in ("checkbox", "radio"):
        return _offer(_label_of(element), [_plain(str(element.get("value") or ""))], options)
    return _plain(str(element.get("value") or "")) or f"[{_label_of(element)}]"


# -- writing ---------------------------------------------------------------------------------


def export_template(template: ReportTemplate, *, publisher: str, licence: str) -> str:
    """The template as an MRRT file. Fields become inputs, lists of statements become selects."""
    esc = html.escape
    ages = "" if template.ages is None else f"{template.ages[0]}-{template.ages[1]}"
    meta = {
        "dcterms.title": template.title,
        "dcterms.identifier": template.name,
        "dcterms.description": f"Report template: {template.title}",
        "dcterms.type": "IMAGE_REPORT_TEMPLATE",
        "dcterms.language": "en",
        "dcterms.subject": " ".join(sorted(template.modalities)),
        "dcterms.publisher": publisher,
        "dcterms.license": licence,
        "nocturne.body-parts": ";".join(sorted(template.body_parts)),
        "nocturne.procedures": ";".join(template.procedures),
        "nocturne.sexes": ";".join(sorted(each.value for each in template.sexes)),
        "nocturne.ages": ages,
    }
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="UTF-8">',
        f"<title>{esc(template.title)}</title>",
    ]
    lines += [f'<meta name="{name}" content="{esc(held)}">' for name, held in meta.items() if held]
    # Lists of merge fields and of fields within statements, for which the page has no place.
    shown = {name[1:-1] for name in FIELD.findall(template.text)}
    lines += [
        f'<meta name="{_LIST}{number}" content="{esc(json.dumps([name, *held]))}">'
        for number, (name, held) in enumerate(template.options.items())
        if name not in shown
    ]
    lines += [_attributes(template), "</head>", "<body>"]
    numbers = itertools.count(1)
    for section in template.sections:
        name = section.kind.value
        needed = "true" if section.kind in template.required else "false"
        lines += [
            f'<section id="{esc(name.replace(" ", "_"))}" class="level1"'
            f' data-section-name="{esc(name)}" data-section-required="{needed}">',
            f'<header class="level1">{esc(name)}</header>',
        ]
        lines += [f"<p>{_line(line, template, numbers)}</p>" for line in section.text.splitlines()]
        lines.append("</section>")
    return "\n".join([*lines, "</body>", "</html>", ""])


def _attributes(template: ReportTemplate) -> str:
    codes = "".join(
        f'<coded_content_entry><entry origtxt="{section.kind.value.replace(" ", "_")}">'
        f'<term type="section"><code meaning="{html.escape(LOINC[section.kind][1])}"'
        f' value="{LOINC[section.kind][0]}" scheme="LN"/></term></entry></coded_content_entry>'
        for section in template.sections
        if section.kind in LOINC
    )
    return (
        '<script type="text/xml"><template_attributes><status>ACTIVE</status>'
        f"<coding_schemes>{codes}</coding_schemes></template_attributes></script>"
    )


_PIECE = re.compile(f"({MERGE.pattern})|({FIELD.pattern})")


def _line(line: str, template: ReportTemplate, numbers: Iterator[int]) -> str:
    made, at = [], 0
    for match in _PIECE.finditer(line):
        made.append(html.escape(line[at : match.start()]))
        merged = MERGE.fullmatch(match[0])
        made.append(
            _merge(merged[1], next(numbers))
            if merged is not None
            else _field(match[0][1:-1], next(numbers), template)
        )
        at = match.end()
    return "".join(made) + html.escape(line[at:])


def _merge(name: str, number: int) -> str:
    words = html.escape(name.replace(".", " ").replace("_", " "))
    return (
        f'<input type="text" name="{words}" id="merge_{number}" data-field-type="TEXT"'
        f' data-field-merge-flag="true" {_MERGED}="{html.escape(name)}" value="">'
    )


def _field(name: str, number: int, template: ReportTemplate) -> str:
    # An id is unique in the page and holds no space.
    held = f'name="{html.escape(name)}" id="field_{number}" data-field-name="{html.escape(name)}"'
    options = template.options.get(name, ())
    if not options:
        return f'<input type="text" {held} data-field-type="TEXT" value="">'
    choices = "".join(f"<option>{html.escape(each)}</option>" for each in options)
    return f'<select {held} data-field-type="SELECTION_LIST" {_OURS}="1">{choices}</select>'
