"""Fixtures of the service tests."""

from tests.services.orthanc import orthanc as orthanc
