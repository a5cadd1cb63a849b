"""The system keyring, or this object's memory where there is none: the one home of secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "kling-desktop"
NO_KEYRING = (
    "This system offers no keyring, so secrets are kept only until Kling Desktop is closed; "
    "install or unlock a keyring to keep them."
)
LOCKED = (
    "The system keyring is locked, so secrets are kept only until Kling Desktop is closed; "
    "unlock the keyring and enter the secret again to keep it."
)
REFUSED = (
    "The system keyring did not answer, so secrets are kept only until Kling Desktop is closed; "
    "see that it is unlocked and enter the secret again to keep it."
)
STILL_THERE = (
    "The system keyring may still hold the secret of “{name}”; "
    "remove it there, under “kling-desktop”."
)
T = TypeVar("T")


class Keychain:
    """Secrets by account id. No method raises: what the keyring refuses stays in memory."""

    def __init__(self) -> None:
        self._session: dict[str, str] = {}
        self._refusal: str | None = None
        self.locked = False
        """Whether the keyring said that it is locked, when it was last asked."""

    @property
    def refusal(self) -> str | None:
        """What the keyring that is there did not do when it was last asked, as a sentence."""
        return self._refusal

    @property
    def problem(self) -> str | None:
        """Why secrets are not kept beyond this session, as a sentence; None where they are."""
        return self._refusal or (None if _backend() else NO_KEYRING)

    def get(self, name: str) -> str | None:
        if name in self._session:
            return self._session[name]
        return self._ask(lambda backend: backend.get_password(SERVICE, name)) or None

    def knock(self) -> None:
        """Ask the keyring anything, so that ``problem`` says how it stands now."""
        self._ask(lambda backend: backend.get_password(SERVICE, SERVICE))

    def only_here(self, name: str) -> bool:
        """Whether a secret is kept by this object alone."""
        return name in self._session

    def put(self, name: str, secret: str) -> None:
        """Keep a secret: in the keyring, else for the session."""
        self._session[name] = secret
        if self._tell(lambda backend: backend.set_password(SERVICE, name, secret)):
            del self._session[name]

    def forget(self, name: str) -> None:
        """Drop a secret everywhere; ``problem`` says where the keyring would not."""
        self._session.pop(name, None)
        kept = self._ask(lambda backend: backend.get_password(SERVICE, name))
        if kept is not None:
            self._tell(lambda backend: backend.delete_password(SERVICE, name))
        if self._refusal:
            self._refusal = STILL_THERE.format(name=name)

    def _tell(self, order: Callable[[KeyringBackend], None]) -> bool:
        """Whether there is a keyring and it obeyed."""

        def obeyed(backend: KeyringBackend) -> bool:
            order(backend)
            return True

        return bool(self._ask(obeyed))

    def _ask(self, question: Callable[[KeyringBackend], T]) -> T | None:
        self._refusal, self.locked = None, False
        backend = _backend()
        if backend is None:
            return None
        from keyring.errors import KeyringLocked

        try:
            return question(backend)
        except KeyringLocked:
            self._refusal, self.locked = LOCKED, True
        except Exception:  # noqa: BLE001 - backends leak the errors of D-Bus, COM and Cocoa
            self._refusal = REFUSED
        return None


def _backend() -> KeyringBackend | None:
    """The keyring in use, or None where it would lose a secret or write it to a plain file."""
    try:
        import keyring  # slow: it looks for every backend there may be

        backend = keyring.get_keyring()
        return backend if _usable(backend) else None
    except Exception:  # noqa: BLE001 - a broken configuration of the keyring raises anything
        return None


def _usable(backend: KeyringBackend) -> bool:
    from keyring.backends import chainer, fail, null

    if isinstance(backend, fail.Keyring | null.Keyring):
        return False
    if isinstance(backend, chainer.ChainerBackend):
        return any(_usable(link) for link in backend.backends)
    return type(backend).__name__ != "PlaintextKeyring"
