"""Nocturne: a desktop reading workstation for teleradiology."""

__version__ = "0.1.0"
