"""What the words of a report say, read closely enough to warn of slips before signing.

`statements` reads sentences; the other modules compare statements. All of it is pure text work:
no window, no disk. A check is silent where it is unsure, since a warning that is usually wrong is
soon clicked away.
"""
