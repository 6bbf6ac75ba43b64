"""`python -m tests.bench [PART ...]`: the tables; nothing of it is asserted in a test."""

from __future__ import annotations

import importlib
import sys

PARTS = (
    "imaging", "decoding", "viewport", "layers", "start", "paging", "volume", "link", "dictation",
)  # fmt: skip


def main(words: list[str]) -> int:
    """Run the parts that are named, or all."""
    unknown = set(words) - set(PARTS)
    if unknown:
        print(f"Parts are: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    return max(importlib.import_module(f"tests.bench.{part}").main() for part in words or PARTS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
