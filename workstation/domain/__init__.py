"""What a radiologist talks about: patients, tasks, studies, views, measurements, reports.

Standard library and numpy only. Every object is a frozen dataclass that refuses to be built wrong.
Coordinates in patient space are LPS in millimetres (PS3.3 C.7.6.2.1.1); image coordinates are
(column, row) with the centre of the first pixel at (0, 0).
"""
