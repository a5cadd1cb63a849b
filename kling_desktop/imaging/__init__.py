"""Pixels: pictures loaded and fitted, masks as PNG and back, strokes, pyramids, thumbnails."""
