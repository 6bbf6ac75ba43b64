"""Reading services over the wire: DICOMweb (PS3.18 chapter 10), UPS-RS (chapter 11), events.

`wire` is the only module that speaks HTTP; every failure leaves it as a `ReaderError` with a
sentence and a remedy. `service.ReadingService` is what the journey is given: tasks, images and
reports of one service. Nothing here knows the disk or the windows.
"""
