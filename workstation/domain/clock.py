"""Time as a parameter, so that deadlines can be tested."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

#: Gives the present moment, aware, in UTC.
Clock: TypeAlias = Callable[[], datetime]


def utc_now() -> datetime:
    """The system clock in UTC."""
    return datetime.now(UTC)
