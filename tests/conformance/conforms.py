"""The mark that ties a test to a rule of the display rules, and to the answer from outside."""

from __future__ import annotations

import pytest


def conforms(rule: str, answer: str) -> pytest.MarkDecorator:
    """This test holds `rule`, a name of `tests.conformance.rules`, to `answer`: where the right
    values come from."""
    return pytest.mark.conforms(rule=rule, answer=answer)
