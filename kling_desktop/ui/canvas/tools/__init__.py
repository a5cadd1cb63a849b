"""The tools of the canvas, one module each."""
