"""Where everything lives on this computer: settings, journal, videos, cache, shipped resources."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kling_desktop.storage.atomic import StorageError, sentence

APPLICATION = "kling-desktop"
VARIABLE = "KLING_DESKTOP_HOME"
PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Directories:
    """Three folders, and the places in them. Nothing is made before somebody writes there."""

    config: Path
    data: Path
    cache: Path

    @classmethod
    def of(cls, home: Path | None = None) -> Self:
        """Below ``home``, else below $KLING_DESKTOP_HOME, else where this system keeps such files."""
        given = str(home) if home is not None else os.environ.get(VARIABLE, "")
        if given:
            root = Path(given).expanduser().absolute()
            return cls(root / "config", root / "data", root / "cache")
        from platformdirs import PlatformDirs

        places = PlatformDirs(APPLICATION, appauthor=False)
        return cls(places.user_config_path, places.user_data_path, places.user_cache_path)

    @property
    def settings(self) -> Path:
        return self.config / "settings.json"

    @property
    def accounts(self) -> Path:
        return self.config / "accounts.json"

    @property
    def journal(self) -> Path:
        return self.data / "journal.sqlite3"

    @property
    def videos(self) -> Path:
        return self.data / "videos"

    @property
    def autosave(self) -> Path:
        return self.data / "autosave"

    @property
    def practice(self) -> Path:
        """What the bundled server remembers: its tasks outlive a restart, so not in the cache."""
        return self.data / "practice"

    @property
    def logs(self) -> Path:
        return self.data / "logs"


def private_folder(folder: Path) -> Path:
    """Make a folder, and those above it that are missing, for this user's eyes only (0700).

    Raises StorageError where the disk does not let it.
    """
    try:
        missing = [step for step in folder.parents if not step.exists()]
        for step in (*reversed(missing), folder):
            step.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StorageError(sentence(error, folder)) from error
    return folder


def resource(name: str) -> Path:
    """A file or folder that is shipped: inside the installed package, or beside it in a checkout.

    Raises FileNotFoundError with a sentence where the installation is not whole.
    """
    for root in (PACKAGE / "resources", PACKAGE.parent / "resources"):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(
        f"{name} is missing from this installation of Kling Desktop; install it again."
    )
