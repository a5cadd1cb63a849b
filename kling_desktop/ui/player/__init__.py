"""Plays finished videos."""
