"""The window's panels: areas, settings, camera, problems, account, Generate, tasks."""
