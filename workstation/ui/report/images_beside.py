"""The images as the report beside them sees them."""

from __future__ import annotations

from typing import Protocol

from workstation.domain.image import FrameKey


class ImagesBeside(Protocol):
    """What the report asks of the images."""

    def show_measurement(self, identifier: str) -> None:
        """Go to the image that it was measured on."""

    def show_key_image(self, frame: FrameKey) -> None:
        """Go to a frame."""

    def open_series(self, series_instance_uid: str) -> None:
        """Show a series in the active viewport."""

    def unread_series(self) -> tuple[str, ...]:
        """Series Instance UIDs with images that were never opened."""

    def priors_looked_at(self) -> frozenset[str]:
        """Study Instance UIDs of earlier studies of which an image was on the screen."""
