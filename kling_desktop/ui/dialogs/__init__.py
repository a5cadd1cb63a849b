"""Dialogs: accounts, unsaved changes, shortcuts, About."""
