"""The worklist and the delivery pages."""
