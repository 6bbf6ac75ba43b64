"""Decision tables from files: the first rule whose conditions all hold decides.

What a table calls a change (such as "with suspicious features 3 becomes 4X") is applied to the
result of the rules, once.
"""

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
    #: of a change: the results that it applies to
    of: frozenset[str] = frozenset()

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


@dataclass(frozen=True, slots=True)
class _Table:
    """The rules of one file. `one` and `many` are what its points are called."""

    name: str
    inputs: tuple[Input, ...]
    rules: tuple[_Rule, ...]
    changes: tuple[_Rule, ...]
    one: str
    many: str

    def decide(self, answers: Answers) -> Outcome:
        points = sum(
            each.points_of(answers[each.key])
            for each in self.inputs
            if each.points and each.key in answers
        )
        found = next((each.outcome for each in self.rules if each.holds(answers, points)), None)
        if found is None:
            raise TableDamaged(f"The calculator {self.name} has no rule for these answers.")
        result = found.result
        reason = ""
        if any(POINTS in each.when for each in self.rules):
            scored = any(each.points and each.key in answers for each in self.inputs)
            reason = f"{points} {self.one if points == 1 else self.many}" if scored else ""
        for change in self.changes:
            if result in change.of and change.holds(answers, points):
                found = change.outcome
                reason = ", ".join(filter(None, (reason, f"from {result}")))
                break
        return Outcome(found.result, found.advice, reason)


def parse(path: Path) -> Calculator:
    """Read a table. TableDamaged where a rule names an input or an option that does not exist."""
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
        inputs = tuple(_input(each) for each in held["input"])
        rules = tuple(_rule(each, inputs) for each in held["rule"])
        changes = tuple(_rule(each, inputs) for each in held.get("change", []))
        unknown = {name for each in changes for name in each.of} - {
            each.outcome.result for each in rules
        }
        if unknown:
            raise ValueError(f"a change is of {', '.join(sorted(unknown))}, which no rule gives")
        one, _, many = str(held.get("counted", "point, points")).partition(", ")
        table = _Table(path.stem, inputs, rules, changes, one, many)
        return Calculator(
            name=path.stem,
            title=str(held["title"]),
            version=str(held["version"]),
            source=str(held["source"]),
            inputs=inputs,
            decide=table.decide,
            terse=bool(held.get("terse", False)),
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
        whole=bool(held.get("whole", False)),
        tenths=bool(held.get("tenths", False)),
        within=str(held.get("within", "")),
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
    of = frozenset(_many(held.get("from", [])))
    return _Rule(conditions, Outcome(str(held["result"]), str(held.get("advice", ""))), of)
