"""The rooms put together without Qt: what the window and the command line both stand on."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kling_desktop import __version__
from kling_desktop.model.capabilities import Catalogue
from kling_desktop.model.landing import sent
from kling_desktop.model.problem import Problem, Severity
from kling_desktop.model.shot import Picture, Shot
from kling_desktop.model.task import Task
from kling_desktop.storage.accounts import VARIABLE, Account, AccountError, Accounts
from kling_desktop.storage.directories import Directories, resource
from kling_desktop.storage.discretion import Secrets
from kling_desktop.storage.settings import Preferences

if TYPE_CHECKING:
    from kling_desktop.imaging.fit import Fitted
    from kling_desktop.practice.server import PracticeServer
    from kling_desktop.providers.body import Sent
    from kling_desktop.providers.client import Client
    from kling_desktop.providers.custom import Relay
    from kling_desktop.providers.profiles import Profile
    from kling_desktop.storage.logbook import Logbook
    from kling_desktop.tasks.engine import Engine
    from kling_desktop.tasks.journal import Journal
    from kling_desktop.tasks.pace import Pace

PRACTICE = "practice"
DEBUG = "KLING_DESKTOP_DEBUG"
"""Environment variable: 1 logs more, and has commands show where an error came from."""
PRACTICE_PACE = 1.0
"""Seconds that the bundled server lets a task wait and run, so that one sees it happen."""


PREVIEW_SIDE = 512

log = logging.getLogger(__name__)


class Workshop:
    """Directories, accounts, profiles, models and, once asked for, journal and practice server.

    Everything but the directories is made on first use: starting the window or listing tasks pays
    for nothing it does not need.
    """

    def __init__(self, home: Path | None = None) -> None:
        self.directories = Directories.of(home)
        self.secrets = Secrets()
        self._server: PracticeServer | None = None
        self._starting = threading.Lock()
        self._fits: list[tuple[Picture, Fitted]] = []

    @cached_property
    def preferences(self) -> Preferences:
        return Preferences(self.directories.settings)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.directories, self.secrets)

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        from kling_desktop.providers.profiles import load_profiles

        return load_profiles(resource("providers.json"), self._override("providers.json"))

    @cached_property
    def models(self) -> Catalogue:
        from kling_desktop.providers.models import load_models

        return load_models(resource("models.json"), self._override("models.json"))

    @cached_property
    def journal(self) -> Journal:
        from kling_desktop.tasks.journal import Journal

        return Journal(self.directories.journal)

    @cached_property
    def logbook(self) -> Logbook:
        from kling_desktop.storage.logbook import Logbook

        debug = os.environ.get(DEBUG) == "1"
        return Logbook(self.directories.logs, self.secrets, debug=debug)

    def open_log(self, what: str) -> None:
        """Log what the package has to say until ``close``; ``what`` was started."""
        import platform

        self.secrets.add(os.environ.get(VARIABLE))  # nobody may have read it yet
        self.logbook.open()
        log.info(
            "%s: Kling Desktop %s, Python %s, %s %s",
            what,
            __version__,
            platform.python_version(),
            platform.system(),
            platform.release(),
        )

    def warnings(self) -> list[str]:
        """A sentence for each file of ours that was read, found broken and set aside."""
        made = [self.__dict__.get(name) for name in ("preferences", "accounts")]
        return [record.warning for record in made if record is not None and record.warning]

    # Accounts

    def account(self, account_id: str | None = None) -> Account:
        """The named account, or the one in use; raises AccountError where there is none."""
        return self.accounts.get(account_id or str(self.preferences.get("account", PRACTICE)))

    def profile(self, account: Account) -> Profile:
        if account.provider not in self.profiles:
            raise AccountError(
                f"Account “{account.id}” uses the provider “{account.provider}”, which is not "
                f"known here. Known are {', '.join(self.profiles)}."
            )
        return self.profiles[account.provider]

    def relay_templates(self) -> dict[str, Profile]:
        """The providers that a relay of the artist's own may speak like."""
        from kling_desktop.providers.custom import templates
        from kling_desktop.providers.profiles import Profile

        known = templates(resource("providers.json"))
        return {name: Profile.of(name, entry) for name, entry in known.items()}

    def relay_profile(self, relay: Relay) -> tuple[Profile, dict[str, Any]]:
        """The profile, and its entry, of a relay of the artist's own; raises RelayError."""
        from kling_desktop.providers.custom import profile_entry, templates
        from kling_desktop.providers.profiles import Profile

        name, entry = profile_entry(relay, templates(resource("providers.json")), self.profiles)
        return Profile.of(name, entry), entry

    def add_relay(self, relay: Relay) -> Profile:
        """Keep a relay for good; raises RelayError, or StorageError. It is for the caller to put it
        among the ``profiles``."""
        from kling_desktop.storage.user_profiles import add_profile

        profile, entry = self.relay_profile(relay)
        add_profile(self.directories.config / "providers.json", profile.id, entry)
        return profile

    def drop_relay(self, profile_id: str) -> None:
        """Forget a relay that was added; raises StorageError."""
        from kling_desktop.storage.user_profiles import remove_profile

        remove_profile(self.directories.config / "providers.json", profile_id)

    def catalogue(self, account: Account) -> Catalogue:
        from kling_desktop.providers.models import catalogue_for

        return catalogue_for(self.profile(account), self.models)

    # From shot to request

    def request(self, shot: Shot, account: Account, external_id: str | None) -> bytes:
        """The exact body that is sent for a shot; raises ValueError with a sentence."""
        from kling_desktop.imaging.masks import indexed_png, mask_png
        from kling_desktop.providers.body import BodyError, build

        if shot.picture is None:
            raise BodyError("There is no picture yet. Open or drop one.")
        capability = self.catalogue(account).get(shot.settings.model_name)
        if capability is None:
            raise BodyError(f"“{shot.settings.model_name}” is not served by this account.")
        return build(
            shot,
            image=self._sent(shot.picture),
            end=self._sent(shot.end) if shot.end else None,
            capability=capability,
            profile=self.profile(account),
            external_id=external_id,
            mask_png=mask_png,
            indexed_png=indexed_png,
        )

    def conversions(self, shot: Shot) -> list[Problem]:
        """What is done to the picture before it is sent, as warnings."""
        if shot.picture is None:
            return []
        return [
            Problem("image_converted", Severity.WARNING, "image", note)
            for note in self._fitted(shot.picture).notes
        ]

    def _sent(self, picture: Picture) -> Sent:
        from kling_desktop.providers.body import Sent

        fitted = self._fitted(picture)
        return Sent(fitted.data, fitted.width, fitted.height)

    def _fitted(self, picture: Picture) -> Fitted:
        """The picture as it is sent; the last two are remembered, as encoding may take seconds."""
        from kling_desktop.imaging.fit import fit

        for known, fitted in self._fits:
            if known is picture:
                return fitted
        self._fits = [(picture, fit(picture)), *self._fits[:1]]
        return self._fits[0][1]

    # Doing it

    def connect(self, account_id: str) -> Client:
        """A client for an account; the practice account starts the bundled server first."""
        account = self.account(account_id)
        return self.client(account, self.accounts.secret(account.id))

    def client(
        self, account: Account, secret: str | None, profile: Profile | None = None
    ) -> Client:
        """A client for an account, stored or not; raises AccountError where something is missing.

        ``profile`` stands in for the account's, where that is not known yet.
        """
        self.secrets.add(secret)
        from kling_desktop.providers.client import Client

        profile = profile or self.profile(account)
        if account.provider == PRACTICE and account.base_url is None:
            server = self.practice_server()
            return Client(profile, server.url, server.token)
        base_url = account.base_url or next(iter(profile.base_urls), None)
        if base_url is None:
            raise AccountError(f"Account “{account.id}” has no address. Set its base URL.")
        if not secret:
            raise AccountError(
                f"There is no token for the account “{account.id}”. Enter it in Accounts or with "
                f"“kling-desktop account add”, or put it into {VARIABLE}."
            )
        return Client(profile, base_url, secret)

    def practice_server(self) -> PracticeServer:
        """The bundled server, started when it is first needed, by whichever thread needs it."""
        from kling_desktop.practice.server import PracticeServer

        with self._starting:
            if self._server is None:
                server = PracticeServer(self.directories.practice, pace=PRACTICE_PACE)
                self.secrets.add(server.token)
                server.start()
                self._server = server
            return self._server

    def engine(
        self,
        changed: Callable[[Task], None],
        progress: Callable[[str, int, int | None], None],
        pool: Executor | None = None,
    ) -> Engine:
        """The engine over this journal; the caller closes it before the workshop."""
        from kling_desktop.motion.reverse import reverse
        from kling_desktop.motion.video import verify
        from kling_desktop.storage.task_log import TaskLog
        from kling_desktop.tasks.engine import Engine

        return Engine(
            self.journal,
            self.connect,
            self.directories.videos,
            changed=TaskLog(changed),
            progress=progress,
            check_video=verify,
            turn=reverse,
            pace=self._pace,
            keeps=lambda account: self.profile(self.account(account)).video_days,
            pool=pool,
        )

    def close(self) -> None:
        """Stop what was started. Tasks stay in the journal."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        if "journal" in self.__dict__:
            self.journal.close()
        if "logbook" in self.__dict__:
            self.logbook.close()

    def _pace(self, account_id: str) -> Pace:
        from kling_desktop.tasks.pace import Pace

        if account_id == PRACTICE:
            return Pace(poll_first=0.3, poll_min=0.4, poll_max=2.0)
        return Pace()

    def _override(self, name: str) -> Path | None:
        path = self.directories.config / name
        return path if path.is_file() else None


def read_shot(path: Path) -> Shot:
    """Open a shot file; raises ValueError with a sentence."""
    from kling_desktop.imaging.load import read
    from kling_desktop.imaging.masks import read_labels
    from kling_desktop.storage import shotfile

    return shotfile.load(path, read_picture=read, read_labels=read_labels)


def write_shot(shot: Shot, path: Path, preview: bytes | None = None) -> None:
    """Save a shot file atomically."""
    from kling_desktop.imaging.masks import labels_png
    from kling_desktop.storage import shotfile

    shotfile.save(shot, path, labels_png=labels_png, preview=preview)


def preview_of(shot: Shot) -> bytes | None:
    """The small JPEG that file managers show of a shot, or None without a picture."""
    from kling_desktop.imaging.load import pixels
    from kling_desktop.imaging.thumbnail import thumbnail

    if shot.picture is None:
        return None
    return thumbnail(pixels(shot.picture), shot.labels, PREVIEW_SIDE)


def simplifications(shot: Shot) -> list[Problem]:
    """Paths with more bends than the points of the wire can follow, as warnings."""
    from kling_desktop.providers.trajectory import MOST, TOLERANCE, trajectory

    found = []
    for area, path in sent(shot).paths.items():
        if shot.picture is None or not path.drawn:
            continue
        off = trajectory(path, shot.size, shot.size).deviation_px
        if off > TOLERANCE:
            words = (
                f"Path {area} has more bends than the {MOST} points that can be sent; what is sent "
                f"strays up to {off:.1f} px from it. Draw it simpler."
            )
            found.append(Problem("path_simplified", Severity.WARNING, f"paths.{area}", words))
    return found
