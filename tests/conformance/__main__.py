"""`python -m tests.conformance`: rule, test and outside answer to resources/conformance.md."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from tests.conformance.rules import RULES

_ROOT = Path(__file__).resolve().parents[2]
PAGE = _ROOT / "resources" / "conformance.md"
_HEAD = """# Conformance

Each rule of display (windows, padding, calibration, geometry, SUV, letters …) with the test that
holds it and the answer that the test compares with, which never is our own output. The number is
the section of the display rules; the known defects of other viewers stand at the end. Written by
`python -m tests.conformance`.

| rule | what it says | test | outside answer |
|---|---|---|---|
"""


def held() -> dict[str, list[tuple[str, str]]]:
    """Rule → (test, outside answer), from the `@conforms` marks of all tests."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted((_ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "@conforms(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                if (
                    isinstance(mark, ast.Call)
                    and isinstance(mark.func, ast.Name)
                    and mark.func.id == "conforms"
                ):
                    rule, answer = (ast.literal_eval(each) for each in mark.args)
                    name = path.relative_to(_ROOT / "tests").as_posix()
                    found[rule].append((f"{name}::{node.name}", answer))
    return found


def page() -> str:
    """The page; a rule that no test holds has an empty cell, which a test refuses."""
    found, lines = held(), []
    for rule, words in RULES.items():
        tests = "<br>".join(f"`{name}`" for name, _ in found.get(rule, []))
        answers = "<br>".join(answer for _, answer in found.get(rule, []))
        lines.append(f"| {rule} | {words} | {tests} | {answers} |\n")
    return _HEAD + "".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
