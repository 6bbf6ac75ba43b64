"""Dictation on the screen: the microphone, what is heard, and its marks in the report."""
