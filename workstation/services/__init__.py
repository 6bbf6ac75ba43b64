"""Reading services over the wire."""
