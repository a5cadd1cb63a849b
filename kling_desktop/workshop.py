"""The rooms put together without Qt: what the window and the command line both stand on."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kling_desktop import __version__
from kling_desktop.model import areas
from kling_desktop.model.capabilities import Catalogue
from kling_desktop.model.carrying import carries
from kling_desktop.model.landing import sent
from kling_desktop.model.problem import Problem, Severity
from kling_desktop.model.shot import Picture, Shot
from kling_desktop.model.task import Task
from kling_desktop.providers.answers import Answers
from kling_desktop.storage.accounts import VARIABLE, Account, AccountError, Accounts
from kling_desktop.storage.directories import Directories, resource
from kling_desktop.storage.discretion import Secrets
from kling_desktop.storage.settings import Preferences

if TYPE_CHECKING:
    from kling_desktop.imaging.fit import Fitted
    from kling_desktop.practice.server import PracticeServer
    from kling_desktop.providers.body import Sent
    from kling_desktop.providers.client import Client
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
        self.secrets, self.answers = Secrets(), Answers()
        self._server: PracticeServer | None = None
        self._starting = threading.Lock()
        self._near: dict[str, bool] = {}
        """Whether an account's host is this computer, by id: asked at every look at a task."""
        self._fits: list[tuple[Picture, Fitted]] = []
        self.mistakes: list[str] = []
        """A sentence for each in the artist's own files, of those that were read so far."""

    @cached_property
    def preferences(self) -> Preferences:
        return Preferences(self.directories.settings)

    @cached_property
    def accounts(self) -> Accounts:
        found = Accounts(self.directories, self.secrets)
        found.in_use = str(self.preferences.get("account", PRACTICE))
        return found

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        from kling_desktop.providers.profiles import load_profiles

        own = self.directories.config / "providers.json"
        return load_profiles(resource(own.name), own, self._note_mistake)

    @cached_property
    def models(self) -> Catalogue:
        from kling_desktop.providers.models import load_models

        own = self.directories.config / "models.json"
        return load_models(resource(own.name), own, self._note_mistake)

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
        """A sentence for each file of ours that was read, found broken and set aside, and for each
        mistake in the artist's own; what is wrong there counts for nothing."""
        made = [self.__dict__.get(name) for name in ("preferences", "accounts")]
        found = [record.warning for record in made if record is not None and record.warning]
        return [*found, *self.mistakes]

    # Accounts

    def account(self, account_id: str | None = None) -> Account:
        """The named account, or the one in use; raises AccountError where there is none."""
        return self.accounts.get(account_id or str(self.preferences.get("account", PRACTICE)))

    def chosen(self, account_id: str | None = None) -> Account:
        """The same for what the artist named: a token of the environment is meant for it."""
        account = self.account(account_id)
        self.accounts.in_use = account.id
        return account

    def profile(self, account: Account) -> Profile:
        if account.provider not in self.profiles:
            raise AccountError(
                f"Account “{account.id}” uses the provider “{account.provider}”, which is not "
                f"known here. {self._why_unknown(account.provider)}"
            )
        return self.profiles[account.provider]

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
        image = self._sent(shot.picture)
        return build(
            shot,
            image=image,
            end=self._end(shot, image),
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

    def _end(self, shot: Shot, image: Sent) -> Sent | None:
        """The artist's end frame, or the one made of the draft, which may take seconds."""
        from kling_desktop.imaging.fit import written
        from kling_desktop.imaging.load import pixels
        from kling_desktop.motion.end_frame import end_frame
        from kling_desktop.providers.body import Sent

        if shot.end is not None:
            return self._sent(shot.end)
        moves = shot.end_carries and carries(shot, areas.counts(shot.labels))
        if shot.picture is None or not moves:
            return None
        frame = end_frame(shot, pixels(shot.picture), (image.width, image.height))
        made = written(frame, shot.picture.format)
        return Sent(made.data, made.width, made.height)

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

        hide, hear = self.secrets.hide, self.answers.add
        profile = profile or self.profile(account)
        if account.provider == PRACTICE and account.base_url is None:
            server = self.practice_server()
            return Client(profile, server.url, server.token, hide=hide, hear=hear)
        base_url = account.base_url or next(iter(profile.base_urls), None)
        if base_url is None:
            raise AccountError(f"Account “{account.id}” has no address. Set its base URL.")
        if not secret:
            raise AccountError(self._no_token(account.id))
        return Client(profile, base_url, secret, hide=hide, hear=hear)

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
            heard=self.answers.take,
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

    def _why_unknown(self, provider: str) -> str:
        """The mistake that keeps a provider out, or which ones there are."""
        wrong = [each for each in self.mistakes if "providers.json" in each]
        of_it = [each for each in wrong if re.search(f"→ {re.escape(provider)}( →|”)", each)]
        return next(iter([*of_it, *wrong]), f"Known are {', '.join(self.profiles)}.")

    def _no_token(self, account_id: str) -> str:
        if self.accounts.keyring_refusal:
            why = "is locked" if self.accounts.keyring_locked else "does not answer"
            return (
                f"The token of the account “{account_id}” cannot be read: the system keyring "
                f"{why}. Unlock it and try again, or put the token into {VARIABLE}."
            )
        if os.environ.get(VARIABLE, "").strip():
            return (
                f"There is no token for the account “{account_id}”; {VARIABLE} may hold another "
                f"account's. If it is this one's, use it once with “kling-desktop account test "
                f"{account_id}”; else put this account's into it."
            )
        return (
            f"There is no token for the account “{account_id}”. Enter it in Accounts or with "
            f"“kling-desktop account add”, or put it into {VARIABLE}."
        )

    def _note_mistake(self, sentence: str) -> None:
        """A sentence about a file of the artist's own; several threads may read it at once."""
        if sentence not in self.mistakes:
            self.mistakes.append(sentence)
            log.warning("%s", sentence)

    def _pace(self, account_id: str) -> Pace:
        from kling_desktop.providers.auth import is_local
        from kling_desktop.tasks.pace import Pace

        if account_id == PRACTICE:
            return Pace(poll_first=0.3, poll_min=0.4, poll_max=2.0, lookup_first=0.3)
        if account_id not in self._near:
            try:
                address = self.account(account_id).base_url or ""
            except AccountError:  # removed while it has tasks
                return Pace()
            self._near[account_id] = is_local(address)
        # Nothing that could be late lies between this computer and itself.
        return Pace(lookup_first=0.3) if self._near[account_id] else Pace()


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

    found: list[Problem] = []
    if shot.end_carries:  # no points are sent
        return found
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
