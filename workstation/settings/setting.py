"""What a setting is: its default, its bounds, and what is wrong with a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = bool | int | float | str | tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class EntryField:
    """One field of the entries of a setting that is a list; an empty text is left out."""

    key: str
    title: str
    description: str
    choices: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: `choices` or `minimum`/`maximum` bound it, `page` groups it.

    `at_once`: a running window follows a change; otherwise it counts from the next start.
    `fields` are those of the entries of a list.
    """

    key: str
    page: str
    title: str
    description: str
    default: Value
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    at_once: bool = False
    fields: tuple[EntryField, ...] = ()

    def problem(self, value: object) -> str:
        """Why `value` cannot be taken, or an empty sentence."""
        wanted = type(self.default)
        numeric = wanted is float and isinstance(value, int) and not isinstance(value, bool)
        if not isinstance(value, wanted) and not numeric:
            return f"{self.key} wants {wanted.__name__}, not {type(value).__name__}."
        if wanted is int and isinstance(value, bool):
            return f"{self.key} wants a number."
        if self.choices and value not in self.choices:
            return f"{self.key} is one of {', '.join(self.choices)}."
        if isinstance(value, int | float):
            if self.minimum is not None and value < self.minimum:
                return f"{self.key} is at least {self.minimum}."
            if self.maximum is not None and value > self.maximum:
                return f"{self.key} is at most {self.maximum}."
        if isinstance(value, tuple):
            return next(filter(None, (self._entry_problem(each) for each in value)), "")
        return ""

    def _entry_problem(self, entry: object) -> str:
        if not isinstance(entry, dict) or not all(isinstance(each, str) for each in entry.values()):
            return f"Each entry of {self.key} is an object of texts."
        known = [each.key for each in self.fields]
        strange = sorted(str(key) for key in entry if key not in known)
        if strange:
            return f"{self.key} knows no {', '.join(strange)}, only {', '.join(known)}."
        for each in self.fields:
            held = entry.get(each.key, "")
            if each.required and not held:
                return f"An entry of {self.key} lacks its {each.key}."
            if held and each.choices and held not in each.choices:
                return f"{each.key} of {self.key} is one of {', '.join(each.choices)}."
        return ""
