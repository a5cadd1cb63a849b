"""The image canvas: shows picture, areas and paths, and turns the pointer into edits."""
