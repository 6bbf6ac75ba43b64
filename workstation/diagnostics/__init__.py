"""What this machine has, what it lacks, and what to do about it."""

from workstation.diagnostics.findings import Finding, examine

__all__ = ["Finding", "examine"]
