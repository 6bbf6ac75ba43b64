"""What every calculator is: inputs, an outcome with its reasoning, and the source of its rule."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

from workstation.domain.errors import ReaderError

Answer: TypeAlias = str | float
Answers: TypeAlias = Mapping[str, Answer]


class AnswerRefused(ReaderError):
    """An input is missing, or outside what the table covers."""


@dataclass(frozen=True, slots=True)
class Input:
    """One question: a choice among `options`, or a number with a unit between `least` and `most`.

    `points` belong to the options in their order. `only` and `unless` name answers to earlier
    questions with which this one is asked, or is not. `whole` numbers are rounded, halves up,
    before they are compared, `tenths` to one decimal; `within` names the earlier number that holds
    this one.
    """

    key: str
    label: str
    options: tuple[str, ...] = ()
    points: tuple[int, ...] = ()
    unit: str = ""
    least: float = 0.0
    most: float = 0.0
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    whole: bool = False
    tenths: bool = False
    within: str = ""

    def __post_init__(self) -> None:
        if self.points and len(self.points) != len(self.options):
            raise ValueError(f"{self.key}: as many points as options")
        if not self.options and not self.least <= self.most:
            raise ValueError(f"{self.key}: least is above most")

    @property
    def is_number(self) -> bool:
        """Whether it asks for a number."""
        return not self.options

    def points_of(self, answer: Answer) -> int:
        """The points of one of the options."""
        return self.points[self.options.index(str(answer))] if self.points else 0

    def asked(self, answers: Answers) -> bool:
        """Whether the question arises with the answers so far."""
        fits = all(answers.get(key) in allowed for key, allowed in self.only.items())
        return fits and not any(answers.get(key) in held for key, held in self.unless.items())


@dataclass(frozen=True, slots=True)
class Outcome:
    """`result` is the class or the value, `advice` what the source suggests."""

    result: str
    advice: str = ""
    #: how the result came about, such as "7 points"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Calculator:
    """A rule with its inputs. `decide` is given the answers to every question that arises."""

    name: str
    title: str
    version: str
    source: str
    inputs: tuple[Input, ...]
    decide: Callable[[Answers], Outcome]
    note: str = ""
    #: beginnings of procedure names with which it is offered first
    suggested: tuple[str, ...] = ()
    #: the sentence leaves out answers that give no point
    terse: bool = False

    def asked(self, answers: Answers) -> tuple[Input, ...]:
        """The questions that arise, in their order."""
        return tuple(each for each in self.inputs if each.asked(answers))

    def outcome(self, answers: Answers) -> Outcome:
        """The outcome; AnswerRefused where an answer is missing or not allowed."""
        given: dict[str, Answer] = {}
        for each in self.inputs:
            if not each.asked(given):
                continue
            answer = answers.get(each.key)
            if answer is None or answer == "":
                raise AnswerRefused(f"{each.label} is missing.", remedy="Answer the question.")
            given[each.key] = _checked(each, answer)
            _held_within(each, given, self.inputs)
        return self.decide(given)

    def text(self, answers: Answers) -> str:
        """The sentence for the report: what was put in, the result, the advice, the source."""
        outcome = self.outcome(answers)
        told = [
            f"{_within(each.label)} {_told(each, answers[each.key])}"
            for each in self.asked(answers)
            if each.key in answers and answers[each.key] != ""
            if not (self.terse and each.points and not each.points_of(answers[each.key]))
        ]
        reason = f" ({outcome.reason})" if outcome.reason else ""
        parts = [f"{outcome.result}{reason}: {', '.join(told)}."]
        if outcome.advice:
            parts.append(outcome.advice)
        subject, _, rule = self.title.partition(" (")
        named = f"{rule[:-1]} {self.version}".strip()
        parts.append(f"({subject}, {named}.)")
        return " ".join(parts)


#: Names that a label may begin with.
_NAMES = ("Agatston",)


def _within(label: str) -> str:
    """A label inside a sentence: small, but for names and abbreviations (DWI, M1)."""
    if label.startswith(_NAMES) or not label[1:2].islower():
        return label
    return label[0].lower() + label[1:]


def _checked(question: Input, answer: Answer) -> Answer:
    if not question.is_number:
        if answer not in question.options:
            raise AnswerRefused(
                f"{question.label}: “{answer}” is not one of {', '.join(question.options)}.",
                remedy="Choose one of them.",
            )
        return answer
    try:
        value = float(str(answer).replace(",", "."))
    except ValueError as error:
        raise AnswerRefused(
            f"{question.label}: “{answer}” is not a number.", remedy="Type a number."
        ) from error
    if not question.least <= value <= question.most:
        raise AnswerRefused(
            f"{question.label}: {value:g} is not between {question.least:g} and {question.most:g}"
            f" {question.unit}.".replace(" .", "."),
            remedy="Check the number and its unit.",
        )
    return _counted(question, value)


def rounded(value: float) -> float:
    """To the nearest whole number, halves up, as radiologists round: 8.5 mm counts as 9 mm."""
    return float(math.floor(value + 0.5))


def _counted(question: Input, value: float) -> float:
    """The number that is compared with the thresholds."""
    if question.tenths:
        tenth = Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return float(tenth)
    return rounded(value) if question.whole else value


def _held_within(question: Input, given: Answers, inputs: tuple[Input, ...]) -> None:
    outer = next((each for each in inputs if each.key == question.within), None)
    if outer is not None and float(given[question.key]) > float(given.get(outer.key, math.inf)):
        raise AnswerRefused(
            f"{question.label}: it is larger than the {_within(outer.label)}.",
            remedy="Check both numbers.",
        )


def _told(question: Input, answer: Answer) -> str:
    if not question.is_number:
        return str(answer)
    value = float(str(answer).replace(",", "."))
    words = f"{value:g} {question.unit}".strip()
    counted = _counted(question, value)
    if counted != value:
        words += f" (counted as {counted:g})"
    return words
