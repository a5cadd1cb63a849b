"""What can go wrong on a video's way here, each with the artist's sentence."""

from __future__ import annotations

from kling_desktop.tasks.network import Unreached


class DownloadError(Exception):
    """The video is not here yet and is tried again; its str is the artist's sentence."""


class BadLink(DownloadError):
    """The link leads to no video at the moment: a new one may be asked for, or this tried again."""


class GoneLink(BadLink):
    """The link leads to no video any more: a new one may."""


class TooLarge(GoneLink):
    """What the link leads to cannot be the video."""


class Unreachable(DownloadError):
    """No answer from the video's host."""

    def __init__(
        self,
        sentence: str,
        retry_after: float | None = None,
        unreached: Unreached | None = None,
    ) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        self.unreached = unreached
        """Why there was not even a connection."""


class Cut(DownloadError):
    """The host answered, but the video did not come whole."""

    def __init__(self, sentence: str, *, gained: bool) -> None:
        super().__init__(sentence)
        self.gained = gained
        """Whether more of it is here than before, so that trying again leads somewhere."""


class DiskError(DownloadError):
    """The file cannot be written: full, read-only, gone."""

    def __init__(self, sentence: str, *, full: bool = False) -> None:
        super().__init__(sentence)
        self.full = full
        """Whether some space would help."""


class Stopped(DownloadError):
    """Stopped from outside; what is here already stays for the next time."""
