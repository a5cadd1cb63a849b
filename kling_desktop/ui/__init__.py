"""Everything Qt: the document with its undo stack, canvas, panels, dialogs, player, worker."""
