"""Report templates and macros as the TOML files that a reader keeps."""

from __future__ import annotations

import json
from collections.abc import Sequence

from workstation.workflow.macros import Macro
from workstation.workflow.templates import ReportTemplate


def quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but for DEL, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def quoted_list(held: Sequence[str]) -> str:
    """A TOML array of strings."""
    return f"[{', '.join(map(quoted, held))}]"


def _text(text: str) -> str:
    """Lines are kept as lines, for a reader may open the file; else one string."""
    plain = all(sign.isprintable() or sign == "\n" for sign in text)
    if "\n" in text and plain and "\\" not in text and '"""' not in text and text[-1:] != '"':
        return f'"""\n{text}"""'
    return quoted(text)


def template_file(template: ReportTemplate) -> str:
    """The template as `templates.parse` reads it back."""
    lines = [f"title = {quoted(template.title)}"]
    for name, held in (
        ("modalities", sorted(template.modalities)),
        ("body_parts", sorted(template.body_parts)),
        ("procedures", list(template.procedures)),
        ("sexes", sorted(each.value for each in template.sexes)),
        ("required", sorted(each.value for each in template.required)),
    ):
        if held:
            lines.append(f"{name} = {quoted_list(held)}")
    if template.ages is not None:
        lines.append(f"ages = [{template.ages[0]}, {template.ages[1]}]")
    if template.source:
        lines.append(f"source = {quoted(template.source)}")
    lines += ["", "[sections]"]
    lines += [f"{quoted(each.kind.value)} = {_text(each.text)}" for each in template.sections]
    lines += ["", "# The first option of a field is its normal statement.", "[fields]"]
    lines += [f"{quoted(name)} = {quoted_list(held)}" for name, held in template.options.items()]
    return "\n".join(lines) + "\n"


def macro_file(macros: Sequence[Macro]) -> str:
    """The macros as `macros.parse` reads them back."""
    lines = ["# My macros. Type a full stop, the shortcut and a space."]
    for each in macros:
        lines += [
            "",
            "[[macro]]",
            f"shortcut = {quoted(each.shortcut)}",
            f"spoken = {quoted(each.spoken)}",
            f"text = {_text(each.text)}",
        ]
        if each.modalities:
            lines.append(f"modalities = {quoted_list(sorted(each.modalities))}")
        if each.group:
            lines.append(f"group = {quoted(each.group)}")
    return "\n".join(lines) + "\n"
