"""`nocturne templates`: the report templates, and those of others as MRRT files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.domain.errors import ReaderError

if TYPE_CHECKING:
    from workstation.settings import Home

HELP = "list report templates, take over those of others, hand ours on (IHE MRRT)"
#: What our own templates may be used under: the licence of the package.
LICENCE = "Apache-2.0"
PUBLISHER = "The Nocturne authors"


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
    from workstation.settings import Home, resources
    from workstation.workflow.templates import Templates

    home = Home.at(getattr(arguments, "home", None))
    if arguments.taken is not None:
        return _import(arguments.taken, home)
    templates = Templates(resources() / "templates", home.templates)
    if arguments.export is not None:
        from workstation.cli.output import save_bytes
        from workstation.workflow.mrrt import export_template

        template = templates.get(arguments.export)
        if template is None:
            raise ReaderError(
                f"There is no template {arguments.export}.",
                remedy="`nocturne templates` lists their names.",
            )
        out = arguments.out or Path(f"{template.name}.html")
        licence = template.source or LICENCE
        page = export_template(template, publisher=PUBLISHER, licence=licence)
        save_bytes(out, page.encode())
        return {"template": template.name, "file": str(out)}, f"{template.title}: {out}"
    held = templates.all()
    document: dict[str, object] = {
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


def _import(path: Path, home: Home) -> tuple[dict[str, object], str]:
    from workstation.cli.output import save_bytes
    from workstation.workflow.mrrt import as_toml, import_template
    from workstation.workflow.templates import parse

    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReaderError(
            f"{path} cannot be read: {error.strerror}.", remedy="Check the path."
        ) from error
    imported = import_template(content, path.stem)
    home.templates.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = home.templates / f"{imported.template.name}.toml"
    if target.exists():
        raise ReaderError(
            f"There is a template {imported.template.name} of yours already.",
            remedy="Rename the file, or remove the other template first.",
        )
    save_bytes(target, as_toml(imported).encode())
    template = parse(target)
    licence = imported.licence or "no licence is named: ask its publisher before you pass it on"
    return (
        {"template": template.name, "file": str(target), "licence": imported.licence},
        f"{template.title}: {target}\nLicence: {licence}",
    )
