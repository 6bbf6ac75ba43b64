"""What the service refuses, as an HTTP status with its reason (PS3.18 8.5)."""

from __future__ import annotations

from workstation.domain.errors import ReaderError


class Refusal(ReaderError):
    """A request that is answered with `status`.

    `code` is the DIMSE status of PS3.4 Table CC.2.8-1 where there is one; the sentence stands in
    the Warning header. It never repeats what the client sent.
    """

    def __init__(self, status: int, happened: str, *, code: str = "") -> None:
        super().__init__(happened)
        self.status = status
        self.code = code


def bad_request(happened: str) -> Refusal:
    """400: the request makes no sense, whatever the state of the service."""
    return Refusal(400, happened)


def not_found(what: str) -> Refusal:
    """404."""
    return Refusal(404, f"The {what} was not found.")
