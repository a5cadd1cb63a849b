"""What can go wrong at a provider, as a tree by what a client does about it.

ProviderError
├── Credentials        the key is wrong                      stops the account
├── ClockSkew          this computer's clock is off          stops the account
├── AccountProblem     no credit, no pack, address blocked   stops the account
├── Forbidden          the key may not do this               stops the account
├── BadRequest         a field is refused                    the artist edits
├── Refused            content policy                        the artist edits
├── ModelGone          no such model here (any more)         another model
├── WrongAddress       the base address leads elsewhere      another address
├── UnknownTask        no such task here (yet)               asked again
├── TooFast            too many requests                     tried again later
├── Busy               too many tasks at once, none made     tried again later
├── ServerTrouble      its fault, and no task was made       tried again later
├── Unreachable        nothing arrived there                 tried again later
└── Ambiguous          a task may have been made             never sent again by itself
"""

from __future__ import annotations

from typing import ClassVar


class ProviderError(Exception):
    """Any of them. ``str()`` is the artist's sentence, the provider's own words quoted in it."""

    stops_account: ClassVar[bool] = False
    """Everything else that waits for this account would fail likewise."""
    retryable: ClassVar[bool] = False
    """The same call may be made again, later, without asking and without paying twice."""

    def __init__(
        self,
        sentence: str,
        *,
        code: int | str | None = None,
        http_status: int | None = None,
        request_id: str | None = None,
        provider_words: str = "",
        retry_after: float | None = None,
    ) -> None:
        quoted = f"{sentence} It says: “{provider_words}”" if provider_words else sentence
        super().__init__(quoted)
        self.sentence = sentence
        self.code = code
        self.http_status = http_status
        self.request_id = request_id
        self.provider_words = provider_words
        self.retry_after = retry_after
        """Seconds that the provider asked to wait, if it did."""


class Credentials(ProviderError):
    """Codes 1000–1002, HTTP 401."""

    stops_account = True


class ClockSkew(ProviderError):
    """Codes 1003 and 1004: the token is not valid yet or no more."""

    stops_account = True


class AccountProblem(ProviderError):
    """Codes 1100–1102 and 1304, HTTP 402."""

    stops_account = True


class Forbidden(ProviderError):
    """Code 1103, HTTP 403."""

    stops_account = True


class BadRequest(ProviderError):
    """Codes 1200 and 1201, HTTP 400, 422 and the like; of a question also 1300 and 1301."""


class Refused(ProviderError):
    """Codes 1300 and 1301."""


class ModelGone(ProviderError):
    """Codes 1202 and 1203, HTTP 404 that names the model, when a task was to be made."""

    model: str | None = None
    """The model that was asked for, where that is known: ``alternatives`` offers others."""


class WrongAddress(ProviderError):
    """A redirect, any other HTTP 404 to a new task, or an answer that is not this API's."""


class UnknownTask(ProviderError):
    """Codes 1202 and 1203, HTTP 404 that names the task, when one was asked about. Right after making
    one it may come late."""

    retryable = True


class TooFast(ProviderError):
    """Code 1302, HTTP 429."""

    retryable = True


class Busy(ProviderError):
    """Code 1303: as many tasks run as the pack allows; no task was made."""

    retryable = True


class ServerTrouble(ProviderError):
    """Codes 5000–5002; HTTP 5xx, any other 404 and unreadable answers to questions, which are free."""

    retryable = True

    @property
    def says_nothing(self) -> bool:
        """Somebody answered, but not with what this API says: a page, a gateway that lost its way."""
        busy = isinstance(self.code, int) and (500 <= self.code < 600 or 5000 <= self.code <= 5002)
        return self.http_status is not None and self.http_status < 500 and not busy


class Unreachable(ProviderError):
    """No connection, or it broke before the request had gone out whole."""

    retryable = True


class Ambiguous(ProviderError):
    """The request went out and no usable answer came back: a paid task may exist."""
