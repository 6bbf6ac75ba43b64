"""The stages of the hanging of a case: which there are by now, and which one is shown. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from workstation.domain.study import Study
from workstation.workflow import hanging
from workstation.workflow.hanging import Stage


class Stages:
    """Belongs to the reading room; Qt thread only."""

    def __init__(self) -> None:
        self._held: tuple[Stage, ...] = ()
        self._index = 0

    def __bool__(self) -> bool:
        return bool(self._held)

    def __len__(self) -> int:
        return len(self._held)

    @property
    def names(self) -> tuple[str, ...]:
        """Those that can be shown now, in their order."""
        return tuple(stage.name for stage in self._held)

    @property
    def index(self) -> int:
        """Which one is shown, from 0."""
        return self._index

    @property
    def shown(self) -> Stage:
        """The one that is shown; IndexError where there is none."""
        return self._held[self._index]

    def hang(self, study: Study, priors: Sequence[Study], *, touched: bool) -> bool:
        """The stages for what has arrived; True where another one is to be shown than before.

        Until the reader touches the case the first one is shown. Afterwards the one that is shown
        stays, whatever comes before it by now.
        """
        former = self._held[self._index] if self._held else None
        self._held = hanging.stages(study, list(priors))
        if not self._held:
            return False
        if former is None or not touched:
            self._index = 0
            return former is None or former != self._held[0]
        if former.name in self.names:
            self._index = self.names.index(former.name)
        self._index = min(self._index, len(self._held) - 1)
        return False

    def step(self, steps: int) -> None:
        """So many stages on, round and round."""
        self._index = (self._index + steps) % len(self._held)

    def clear(self) -> None:
        """The case is closed."""
        self._held, self._index = (), 0
