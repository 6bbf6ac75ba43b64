"""`nocturne templates`: the report templates, and those of others as MRRT files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workstation.settings import Home
    from workstation.workflow.template_shelf import TemplateShelf

HELP = "list report templates, take over those of others, hand ours on (IHE MRRT)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`import` and `export` exclude each other; without either the templates are listed."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--import",
        dest="taken",
        type=Path,
        metavar="FILE",
        help="take over an MRRT file into the home folder",
    )
    either.add_argument("--export", metavar="NAME", help="write a template as an MRRT file")
    parser.add_argument("--out", type=Path, help="the file to write with --export")


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """List, import or export."""
    from workstation.settings import Home

    home = Home.at(getattr(arguments, "home", None))
    if arguments.taken is not None:
        return _import(arguments.taken, home)
    shelf = _shelf(home)
    templates = shelf.templates
    if arguments.export is not None:
        from workstation.cli.output import save_bytes

        page = shelf.hand_on(arguments.export)
        out = arguments.out or Path(f"{arguments.export}.html")
        save_bytes(out, page.encode())
        document: dict[str, object] = {"template": arguments.export, "file": str(out)}
        return document, f"{arguments.export}: {out}"
    held = templates.all()
    document = {
        "templates": [
            {"name": each.name, "title": each.title, "modalities": sorted(each.modalities)}
            for each in held
        ],
        "problems": [each.sentence() for each in templates.problems],
    }
    lines = [
        f"{each.name:32} {', '.join(sorted(each.modalities)) or 'any':12} {each.title}"
        for each in held
    ]
    return document, "\n".join([*lines, *(each.sentence() for each in templates.problems)])


def _shelf(home: Home) -> TemplateShelf:
    from workstation.settings import resources
    from workstation.workflow.macros import load
    from workstation.workflow.template_shelf import TemplateShelf
    from workstation.workflow.templates import Templates

    shipped = resources() / "macros" / "macros.toml"
    macros, _ = load(shipped, home.macros)
    templates = Templates(resources() / "templates", home.templates)
    return TemplateShelf(templates, macros, shipped, home)


def _import(path: Path, home: Home) -> tuple[dict[str, object], str]:
    imported = _shelf(home).take_over_file(path)
    template = imported.template
    target = home.templates / f"{template.name}.toml"
    licence = imported.licence or "no licence is named: ask its publisher before you pass it on"
    return (
        {"template": template.name, "file": str(target), "licence": imported.licence},
        f"{template.title}: {target}\nLicence: {licence}",
    )
