"""DICOM objects to domain and back; the only home of highdicom and imagecodecs."""
