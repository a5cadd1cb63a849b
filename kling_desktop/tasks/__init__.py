"""Tasks: the journal that is written before anything is sent, and the engine that works through it."""
