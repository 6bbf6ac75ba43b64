"""Studies with known truth, as real DICOM."""
