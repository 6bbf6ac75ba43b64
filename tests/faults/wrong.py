"""What goes wrong in a window that nobody watches: defects and Qt's own warnings, as they come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QtMsgType, qInstallMessageHandler

from workstation.bootstrap.windows import Unhandled

#: What the platform without a screen says of itself, whatever is shown.
_OF_THE_PLATFORM = "propagateSizeHints"


class _Noted(Unhandled):
    """Writes each defect down, with the last places that it came through."""

    def __init__(self, wrong: list[str]) -> None:
        super().__init__()
        self._wrong = wrong

    def __call__(self, error: BaseException) -> None:
        super().__call__(error)
        trace, places = error.__traceback__, []
        while trace is not None:
            places.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
            trace = trace.tb_next
        self._wrong.append(f"{type(error).__name__}: {error} ({' '.join(places[-4:])})")


@contextmanager
def noted(*expected: str) -> Iterator[tuple[Unhandled, list[str]]]:
    """Where a window's defects end, and what went wrong so far; warnings with `expected` words are
    no wrong."""
    wrong: list[str] = []

    def heard(kind: QtMsgType, _where: object, words: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and not any(
            each in words for each in (_OF_THE_PLATFORM, *expected)
        ):
            wrong.append(f"Qt: {words}")

    former = qInstallMessageHandler(heard)
    try:
        yield _Noted(wrong), wrong
    finally:
        qInstallMessageHandler(former)
