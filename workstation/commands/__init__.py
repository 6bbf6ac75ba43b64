"""The verbs a reader can do, as typed functions, with their keys."""
