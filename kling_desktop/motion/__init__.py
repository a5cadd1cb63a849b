"""Time: the draft renderer and its background plate, videos in and out, and the follow score."""
