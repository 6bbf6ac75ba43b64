"""What is worked out of a display set is kept as long as the display set, and no longer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from workstation.domain.study import DisplaySet

P = ParamSpec("P")
T = TypeVar("T")

#: Results kept of one function for one display set.
_MOST = 16


def kept_with(
    function: Callable[Concatenate[DisplaySet, P], T],
) -> Callable[Concatenate[DisplaySet, P], T]:
    """`function` with its last results kept beside the display set that it is asked about.

    Arguments are hashable and given by place; a result must not refer to the display set.
    """
    kept: WeakKeyDictionary[DisplaySet, dict[object, T]] = WeakKeyDictionary()

    @wraps(function)
    def asked(shown: DisplaySet, /, *rest: P.args, **named: P.kwargs) -> T:
        results = kept.setdefault(shown, {})
        key = (rest, tuple(named.items()))
        if key not in results:
            if len(results) >= _MOST:
                results.pop(next(iter(results)), None)
            results[key] = function(shown, *rest, **named)
        return results[key]

    return asked
