"""`python -m tests.bench [PART ...]`: the tables, and at the end one of all that is held.

Nothing of it is asserted in a test. A part that takes the processor from another one spoils both:
they run one after the other, on a machine that does nothing else.
"""

from __future__ import annotations

import importlib
import sys

from tests.bench import holds

PARTS = (
    "imaging", "decoding", "viewport", "layers", "start", "paging", "volume", "link", "dictation",
)  # fmt: skip


def main(words: list[str]) -> int:
    """Run the parts that are named, or all."""
    unknown = set(words) - set(PARTS)
    if unknown:
        print(f"Parts are: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    parts = tuple(words) or PARTS
    status = max(importlib.import_module(f"tests.bench.{part}").main() for part in parts)
    print(f"\n{holds.table(parts)}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
