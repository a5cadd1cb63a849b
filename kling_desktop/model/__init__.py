"""What the artist makes, as plain values: areas, paths, camera, shot, task; numpy only."""
