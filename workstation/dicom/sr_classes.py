"""SOP Classes of structured reports (PS3.4 B.5), apart from their concepts: whoever only tells one
from the other loads no table of codes."""

ENHANCED_SR = "1.2.840.10008.5.1.4.1.1.88.22"
COMPREHENSIVE_3D_SR = "1.2.840.10008.5.1.4.1.1.88.34"
KEY_OBJECT_SELECTION = "1.2.840.10008.5.1.4.1.1.88.59"
