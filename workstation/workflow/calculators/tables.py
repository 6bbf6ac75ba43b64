"""Decision tables from files: the first rule whose conditions all hold decides."""

from __future__ import annotations

import operator
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from workstation.domain.errors import ReaderError
from workstation.workflow.calculators.model import Answers, Calculator, Input, Outcome

_COMPARED = re.compile(r"(<=|>=|<|>)\s*(-?[0-9.]+)")
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
#: The sum of the points of all answers, as a condition.
POINTS = "points"


class TableDamaged(ReaderError):
    """A file of a calculator cannot be used; the sentence names it."""


@dataclass(frozen=True, slots=True)
class _Rule:
    when: Mapping[str, str | tuple[str, ...]]
    outcome: Outcome

    def holds(self, answers: Answers, points: int) -> bool:
        return all(self._one(key, wanted, answers, points) for key, wanted in self.when.items())

    @staticmethod
    def _one(key: str, wanted: str | tuple[str, ...], answers: Answers, points: int) -> bool:
        given = points if key == POINTS else answers.get(key)
        if given is None:
            return False
        if isinstance(wanted, tuple):
            return given in wanted
        compared = _COMPARED.fullmatch(wanted)
        if compared is not None and not isinstance(given, str):
            return _OPERATORS[compared[1]](float(given), float(compared[2]))
        return given == wanted


def parse(path: Path) -> Calculator:
    """Read a table. TableDamaged where a rule names an input or an option that does not exist."""
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
        inputs = tuple(_input(each) for each in held["input"])
        rules = tuple(_rule(each, inputs) for each in held["rule"])
        return Calculator(
            name=path.stem,
            title=str(held["title"]),
            version=str(held["version"]),
            source=str(held["source"]),
            inputs=inputs,
            decide=lambda answers: _decide(path.stem, inputs, rules, answers),
            note=str(held.get("note", "")),
            suggested=tuple(map(str, held.get("suggested", []))),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise TableDamaged(
            f"The calculator {path.name} cannot be read: {error}.", remedy="Install Nocturne again."
        ) from error


def _many(held: object) -> tuple[str, ...]:
    return tuple(map(str, held)) if isinstance(held, list) else (str(held),)


def _input(held: Mapping[str, object]) -> Input:
    def conditions(key: str) -> dict[str, tuple[str, ...]]:
        found = held.get(key, {})
        assert isinstance(found, dict)
        return {str(name): _many(values) for name, values in found.items()}

    points = held.get("points", [])
    assert isinstance(points, list)
    return Input(
        key=str(held["key"]),
        label=str(held["label"]),
        options=_many(held["options"]) if "options" in held else (),
        points=tuple(map(int, points)),
        unit=str(held.get("unit", "")),
        least=float(str(held.get("least", 0))),
        most=float(str(held.get("most", 0))),
        only=conditions("only"),
        unless=conditions("unless"),
    )


def _rule(held: Mapping[str, object], inputs: tuple[Input, ...]) -> _Rule:
    known = {each.key: each for each in inputs}
    when = held["when"]
    assert isinstance(when, dict)
    conditions: dict[str, str | tuple[str, ...]] = {}
    for key, wanted in when.items():
        if key != POINTS and key not in known:
            raise ValueError(f"a rule asks for {key}, which is no input")
        values = _many(wanted) if isinstance(wanted, list) else str(wanted)
        if key != POINTS and known[key].options:
            for value in (values,) if isinstance(values, str) else values:
                if value not in known[key].options:
                    raise ValueError(f"a rule asks for {key} {value}, which is no option")
        conditions[key] = values
    return _Rule(conditions, Outcome(str(held["result"]), str(held.get("advice", ""))))


def _decide(
    name: str, inputs: tuple[Input, ...], rules: tuple[_Rule, ...], answers: Answers
) -> Outcome:
    points = sum(
        each.points[each.options.index(str(answers[each.key]))]
        for each in inputs
        if each.points and each.key in answers
    )
    for rule in rules:
        if rule.holds(answers, points):
            if any(POINTS in each.when for each in rules):
                words = f"{points} point" if points == 1 else f"{points} points"
                return Outcome(rule.outcome.result, rule.outcome.advice, words)
            return rule.outcome
    raise TableDamaged(f"The calculator {name} has no rule for these answers.")
