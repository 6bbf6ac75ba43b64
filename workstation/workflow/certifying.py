"""The reader's own certificate: opened once, its password asked for or from the keyring.

The password is kept in memory while the program runs, in the keyring where the reader says so, and
nowhere else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from workstation.domain.errors import CertificateLocked, CertificateUnusable

if TYPE_CHECKING:
    from workstation.dicom.pdf_signature import SigningCertificate

#: Under this name the password lies in the keyring (or in NOCTURNE_PASSWORD_SIGNATURE).
SECRET, KIND = "signature", "PASSWORD"


class Secrets(Protocol):
    """The keyring of the system."""

    def secret(self, service_id: str, kind: str) -> str:
        """What is kept, or an empty text."""
        ...

    def remember(self, service_id: str, kind: str, value: str) -> bool:
        """Keep it; False where the system has no keyring."""
        ...

    def forget(self, service_id: str, kind: str) -> None:
        """Take it out."""
        ...


class Certifying:
    """Signs the pages of reports where the settings name a certificate; `path` gives its file."""

    def __init__(self, path: Callable[[], str], secrets: Secrets) -> None:
        self._path, self._secrets = path, secrets
        self._lock = threading.Lock()
        #: (file, when it was written) → the certificate that lies in it
        self._opened: tuple[tuple[str, int], SigningCertificate] | None = None

    @property
    def configured(self) -> bool:
        """Whether pages are signed at all."""
        return bool(self._path().strip())

    def certificate(self) -> SigningCertificate | None:
        """The opened certificate, or None where none is configured.

        CertificateLocked where its password is not known or does not open it; CertificateUnusable
        where it cannot be read. Not on the Qt thread.
        """
        if not self.configured:
            return None
        with self._lock:
            held = self._opened
            if held is not None and held[0] == self._file():
                return held[1]
        return self._open(self._secrets.secret(SECRET, KIND))

    def unlock(self, password: str, *, keep: bool) -> bool:
        """Open it with a password; `keep` puts that into the keyring. False where it was to be
        kept and the system has no keyring: it is asked for again after the next start."""
        self._open(password)
        return self._secrets.remember(SECRET, KIND, password) if keep else True

    def holder(self) -> str:
        """In whose name pages are signed, as the certificate says; empty where they are not."""
        held = self.certificate()
        return "" if held is None else f"{held.holder}, certificate of {held.issuer}"

    def sign(self, pages: bytes, at: datetime) -> bytes:
        """The pages with the signature behind them, or as they are where none is configured."""
        held = self.certificate()
        return pages if held is None else held.sign(pages, at)

    def _file(self) -> tuple[str, int]:
        path = Path(self._path().strip()).expanduser()
        try:
            return str(path), path.stat().st_mtime_ns
        except OSError as error:
            raise _unreadable() from error

    def _open(self, password: str) -> SigningCertificate:
        # pyHanko takes a third of a second to import: only who has a certificate pays for it.
        from workstation.dicom.pdf_signature import open_certificate

        with self._lock:
            file = self._file()
            try:
                content = Path(file[0]).read_bytes()
            except OSError as error:
                raise _unreadable() from error
            try:
                made = open_certificate(content, password)
            except CertificateLocked as error:
                if password:
                    raise
                raise CertificateLocked(
                    "Your certificate wants its password.",
                    means="Nothing was signed; the draft is kept.",
                    remedy="Enter it below.",
                ) from error
            self._opened = (file, made)
            return made


def _unreadable() -> CertificateUnusable:
    return CertificateUnusable(
        "The certificate file of the settings cannot be read.",
        means="Nothing was signed; the draft is kept.",
        remedy="Put it back, or choose another in the settings, or none.",
    )
