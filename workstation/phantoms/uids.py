"""Fixed identifiers."""

from __future__ import annotations

import hashlib
import uuid


def uid(*names: object) -> str:
    """A UID under 2.25 (PS3.5 B.2) from a UUID made of the names alone."""
    digest = hashlib.sha256("/".join(("nocturne phantoms", *map(str, names))).encode()).digest()
    return f"2.25.{uuid.UUID(bytes=digest[:16], version=5).int}"
