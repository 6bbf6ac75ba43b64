"""The vault's interface: whatever is written to this disk passes through it.

Encryption is not built yet. `OpenVault` writes what it is given, checked by a digest, and
`nocturne doctor` says so; the disk itself has to be encrypted until then.
"""

from __future__ import annotations

import hashlib
from typing import Protocol

from workstation.domain.errors import StoreDamaged


class Vault(Protocol):
    """Seals and opens. `name` binds the content to its place: moved elsewhere it is refused."""

    #: whether what it writes can be read without a key
    encrypts: bool

    def seal(self, name: str, data: bytes) -> bytes:
        """What is written to the disk."""

    def open(self, name: str, sealed: bytes) -> bytes:
        """What was sealed; StoreDamaged where it is not."""


_MAGIC = b"NOCT\x01"


class OpenVault:
    """No cipher: a digest over name and content finds damage and mix-ups, nothing more."""

    encrypts = False

    def seal(self, name: str, data: bytes) -> bytes:
        """Magic, SHA-256 over name and content, content."""
        return _MAGIC + _digest(name, data) + data

    def open(self, name: str, sealed: bytes) -> bytes:
        """The content, when magic and digest are right."""
        head, data = sealed[: len(_MAGIC) + 32], sealed[len(_MAGIC) + 32 :]
        if head != _MAGIC + _digest(name, data):
            raise StoreDamaged(
                "A file of the study store is damaged.",
                means="It is not shown: what lies on the disk is not what was written.",
                remedy="Fetch the study again.",
            )
        return data


def _digest(name: str, data: bytes) -> bytes:
    made = hashlib.sha256(name.encode())
    made.update(b"\0")
    made.update(data)
    return made.digest()
