"""Stored values to picture, planes and numbers: no I/O, no DICOM toolkit, no Qt."""
