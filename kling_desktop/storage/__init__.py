"""What stays on disk: the shot file, its recovery copy, settings, accounts, and where they live."""
