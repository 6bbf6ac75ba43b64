"""Wires the rooms together: the one place that knows every concrete class."""

from workstation.bootstrap.assembly import assemble, reader_of
from workstation.bootstrap.setting_up import endpoint_of
from workstation.bootstrap.windows import open_workstation

__all__ = ["assemble", "endpoint_of", "open_workstation", "reader_of"]
