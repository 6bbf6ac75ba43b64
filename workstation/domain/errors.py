"""Expected failures, each with a sentence for the reader and a remedy.

Anything that is not a `ReaderError` is a defect: it ends in the crash handler, which saves the
draft first. A message never carries a patient's name, number or text.
"""

from __future__ import annotations


class ReaderError(Exception):
    """What happened, what it means for this read, and what to do about it."""

    def __init__(self, happened: str, *, means: str = "", remedy: str = "") -> None:
        super().__init__(happened)
        self.happened = happened
        self.means = means
        self.remedy = remedy

    def sentence(self) -> str:
        """The three parts as one line of text."""
        return " ".join(part for part in (self.happened, self.means, self.remedy) if part)


class ServiceUnreachable(ReaderError):
    """No answer: wrong address, no link, time-out. Worth another try later."""


class LoginRefused(ReaderError):
    """401 or 403: the reader must correct the login; trying again does not help."""


class CertificateRefused(ReaderError):
    """The server's certificate does not verify (RFC 5280)."""


class ServiceAnswerInvalid(ReaderError):
    """HTML instead of DICOM, a 5xx, half a multipart: the answer cannot be used."""


class NotFoundOnService(ReaderError):
    """404 or 410: the service does not have it."""


class TaskTaken(ReaderError):
    """Somebody else owns the task (PS3.4 CC.2.1.3, status C302, or assigned to another)."""

    def __init__(
        self, happened: str, *, means: str = "", remedy: str = "", owner: str = ""
    ) -> None:
        super().__init__(happened, means=means, remedy=remedy)
        self.owner = owner


class LeaseLost(ReaderError):
    """The Transaction UID no longer owns the task (status C301, C300 or a cancelled task)."""


class TaskWithdrawn(ReaderError):
    """The site asked to cancel the task, or cancelled it (UPS event 2)."""


class StateRefused(ReaderError):
    """The transition does not exist in the state table."""


class DiskFull(ReaderError):
    """ENOSPC: the image cache gives way before a draft is refused."""


class StoreDamaged(ReaderError):
    """What lies on the disk is not what was written."""


class NotDicom(ReaderError):
    """The bytes are not a DICOM object."""


class UndecodablePixels(ReaderError):
    """The object is DICOM, its pixels cannot be shown; the sentence names the reason."""


class VolumeRefused(ReaderError):
    """The series forms no volume; the sentence names the reason."""


class MeasurementRefused(ReaderError):
    """A value that would not be true is not given."""


class SigningRefused(ReaderError):
    """The report may not be signed as it stands."""


class CertificateLocked(SigningRefused):
    """The reader's own certificate wants its password, or was given a wrong one."""


class CertificateUnusable(SigningRefused):
    """The reader's own certificate cannot sign: no key, expired, or no certificate at all."""


class DeliveryRefused(ReaderError):
    """The service refused a part of the delivery for good; the reader must act."""


class Cancelled(ReaderError):
    """The reader cancelled the work."""


class DocumentRefused(ReaderError):
    """A document or a recording cannot be read; the sentence names the reason."""


class OverlayRefused(ReaderError):
    """An object that others drew cannot be laid over the images; the sentence names the reason."""


class RegistrationRefused(ReaderError):
    """Two sets of images cannot be laid over one another; the sentence names the reason."""
