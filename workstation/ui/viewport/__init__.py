"""The images: grid, viewport, strip, tools."""
