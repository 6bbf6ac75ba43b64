"""Domain objects as JSON and back: what is kept of tasks, reports, measurements."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

from workstation.domain.errors import StoreDamaged

T = TypeVar("T")


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, frozenset):
        return sorted((_plain(each) for each in value), key=repr)
    return value


def dump(value: object) -> bytes:
    """A frozen dataclass of the domain as UTF-8 JSON."""
    return json.dumps(_plain(value), ensure_ascii=False).encode()


def _build(kind: Any, value: Any) -> Any:
    origin = typing.get_origin(kind)
    arguments = typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        return _build(next(each for each in arguments if each is not type(None)), value)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_build(arguments[0], each) for each in value)
        return tuple(_build(each, item) for each, item in zip(arguments, value, strict=True))
    if origin is frozenset:
        return frozenset(_build(arguments[0], each) for each in value)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        known = {field.name for field in dataclasses.fields(kind)}
        make: Any = kind
        return make(
            **{name: _build(hints[name], held) for name, held in value.items() if name in known}
        )
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is float:
        return float(value)
    return value


def load(kind: type[T], content: bytes | str) -> T:
    """The object that `dump` wrote; StoreDamaged where it cannot be built."""
    try:
        made: T = _build(kind, json.loads(content))
    except (ValueError, TypeError, KeyError, AttributeError, StopIteration) as error:
        raise StoreDamaged(
            f"A record ({kind.__name__}) of this workstation's database cannot be read.",
            remedy="Keep the home folder and report this with the output of nocturne doctor.",
        ) from error
    return made
