"""What a reader can do, as typed functions with their keys; no Qt.

A command takes a Protocol of what it acts on. `registry` holds the one table; the windows bind the
keys from it, the F1 page and `resources/manual/keys.md` are made from it.
"""
