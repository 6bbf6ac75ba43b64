"""The guided tour: the real windows driven through the whole journey, with keys and mouse."""

from workstation.tour.journey import Tour, TourFailed

__all__ = ["Tour", "TourFailed"]
