"""The embedded reading service: DICOMweb and UPS-RS on loopback."""
