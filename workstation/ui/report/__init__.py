"""The report panel beside the images."""
