"""Reading and writing the settings file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from workstation.settings.declarations import DECLARATIONS
from workstation.settings.setting import Setting, Value


class SettingsDamaged(ValueError):
    """The settings file cannot be read; the sentence says where."""


class Settings:
    """The values in force. An undeclared key is an error; the file holds changed values only."""

    def __init__(self, path: Path | None = None, overrides: Mapping[str, Value] | None = None):
        self._declared: dict[str, Setting] = {each.key: each for each in DECLARATIONS}
        self._path = path
        self._values: dict[str, Value] = {}
        self._overrides: dict[str, Value] = {}
        self._listeners: list[Callable[[str], None]] = []
        if path is not None and path.exists():
            self._values = self._read(path)
        for key, value in (overrides or {}).items():
            self._check(key, value)
            self._overrides[key] = value

    def _read(self, path: Path) -> dict[str, Value]:
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise SettingsDamaged(f"The settings file cannot be read: {error}") from error
        if not isinstance(held, dict):
            raise SettingsDamaged("The settings file does not hold an object.")
        values: dict[str, Value] = {}
        for key, value in held.items():
            taken: Any = tuple(value) if isinstance(value, list) else value
            try:
                self._check(key, taken)
            except (KeyError, ValueError) as error:
                raise SettingsDamaged(f"The settings file holds a wrong value: {error}") from error
            values[key] = taken
        return values

    def _check(self, key: str, value: object) -> None:
        if key not in self._declared:
            raise KeyError(f"{key} is no setting")
        problem = self._declared[key].problem(value)
        if problem:
            raise ValueError(problem)

    def get(self, key: str) -> Value:
        """The value in force: override, changed, or default."""
        declared = self._declared[key]
        return self._overrides.get(key, self._values.get(key, declared.default))

    def text(self, key: str) -> str:
        """The value of a text setting."""
        value = self.get(key)
        if not isinstance(value, str):
            raise TypeError(f"{key} is no text")
        return value

    def number(self, key: str) -> float:
        """The value of a numeric setting."""
        value = self.get(key)
        if not isinstance(value, int | float):
            raise TypeError(f"{key} is no number")
        return float(value)

    def flag(self, key: str) -> bool:
        """The value of a switch."""
        value = self.get(key)
        if not isinstance(value, bool):
            raise TypeError(f"{key} is no switch")
        return value

    def entries(self, key: str) -> tuple[dict[str, str], ...]:
        """The value of a setting that is a list of entries."""
        value = self.get(key)
        return value if isinstance(value, tuple) else ()

    def services(self) -> tuple[dict[str, str], ...]:
        """The configured reading services."""
        return self.entries("services")

    def changed(self, key: str) -> bool:
        """Whether the value differs from its default."""
        return self.get(key) != self._declared[key].default

    def set(self, key: str, value: Value) -> None:
        """Change and write, atomically; ValueError with the reason where it cannot be taken."""
        self._check(key, value)
        if value == self._declared[key].default:
            self._values.pop(key, None)
        else:
            self._values[key] = value
        if self._path is not None:
            fresh = self._path.with_suffix(".new")
            fresh.write_text(
                json.dumps(self._values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
            )
            os.replace(fresh, self._path)
        for listener in tuple(self._listeners):
            listener(key)

    def listen(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Be told each key that changes; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
