"""Kling Desktop: a motion-brush studio that never loses a paid task."""

__version__ = "0.1.0"
