"""Each provider from order to video, against a fake that was written from what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kling_desktop.model.capabilities import Catalogue
from kling_desktop.model.shot import Picture
from kling_desktop.providers import errors as e
from kling_desktop.providers.body import BodyError, Sent, redacted
from kling_desktop.providers.client import Client
from kling_desktop.providers.dialects import Status
from kling_desktop.providers.profiles import Profile
from kling_desktop.providers.transport import Limits
from kling_desktop.tasks.download import fetch

from .conftest import Host, answer, image_bytes
from .contract import KEY, PAIR, PLACES, Place, bare_shot, body_of, painted_shot
from .fakes.base import Fake
from .fakes.official import Official

REASON = "Failure to pass the risk control system"
Body = Callable[..., bytes]


@pytest.fixture(params=PLACES.values(), ids=PLACES.keys())
def place(request: pytest.FixtureRequest) -> Place:
    found = request.param
    assert isinstance(found, Place)
    return found


@pytest.fixture
def fake(place: Place) -> Iterator[Fake]:
    found = place.start()
    yield found
    found.stop()


@pytest.fixture
def client(place: Place, fake: Fake, profiles: dict[str, Profile]) -> Iterator[Client]:
    limits = Limits(connect=5, read=5, whole=10)
    found = Client(profiles[place.profile], fake.url, place.secret, limits=limits)
    yield found
    found.close()


@pytest.fixture
def body(place: Place, profiles: dict[str, Profile], models: Catalogue) -> Body:
    def written(shot: Any = None, **more: Any) -> bytes:
        return body_of(shot or painted_shot(place), place, profiles, models, **more)

    return written


def test_an_order_says_what_was_drawn(place: Place, fake: Fake, client: Client, body: Body) -> None:
    assert client.create(body()) in fake.orders
    order, shot = fake.only, painted_shot(place)
    assert (order.model, order.mode, order.duration) == (place.model, place.mode, "5")
    assert order.image == image_bytes(400, 300)
    assert order.prompt == "a boat – 船"
    assert order.tail is None
    expected = np.select([shot.labels == 2, shot.labels == 5, shot.labels == 7], [1, 2, 7], 0)
    assert order.labels is not None
    assert (order.labels == expected).all()
    ends = [(trail[0], trail[-1]) for trail in order.trails]
    assert ends == [((100, 100), (300, 120)), ((60, 190), (60, 40))]
    assert len(fake.heard) == 1


def test_an_end_frame_goes_where_it_belongs(
    place: Place, fake: Fake, client: Client, body: Body
) -> None:
    end = image_bytes(420, 315)
    shot = bare_shot(place)
    if place.profile == "mulerun":
        with pytest.raises(BodyError, match="takes no end frame"):
            body(shot, end=Sent(end, 420, 315))
        return
    if place.mode == "std" and place.model != "kling-v1":
        pytest.skip("this model takes end frames in another mode only")
    assert Picture(end, "PNG", 420, 315).suffix == "png"
    client.create(body(shot, end=Sent(end, 420, 315)))
    assert fake.only.tail == end
    assert fake.only.trails == []


def test_a_jpeg_is_called_one(place: Place, fake: Fake, client: Client, body: Body) -> None:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (400, 300), "teal").save(out, "JPEG")
    client.create(body(image=Sent(out.getvalue(), 400, 300)))
    assert fake.only.image == out.getvalue()


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_a_task_under_way(fake: Fake, client: Client, body: Body, state: str) -> None:
    name = client.create(body())
    fake.only.state = state
    assert client.query(name) == Status(state)  # type: ignore[arg-type]


def test_a_finished_task_has_its_video(fake: Fake, client: Client, body: Body) -> None:
    name = client.create(body())
    fake.only.state = "done"
    assert client.query(name) == Status("done", fake.video)


def test_a_failed_task_says_why(place: Place, fake: Fake, client: Client, body: Body) -> None:
    name = client.create(body())
    fake.only.state, fake.only.reason = "failed", REASON
    status = client.query(name)
    assert (status.state, status.video_url) == ("failed", None)
    assert status.reason.removeprefix("Task failed: ") == REASON


def test_a_task_that_nobody_knows(client: Client) -> None:
    with pytest.raises(e.UnknownTask):
        client.query("task-77")


def test_a_good_key_is_told(client: Client) -> None:
    assert client.test().endswith("answers and accepts the key.")


def test_a_bad_key_is_told(
    place: Place, fake: Fake, profiles: dict[str, Profile], body: Body
) -> None:
    client = Client(profiles[place.profile], fake.url, "nobodys-key")
    for call in (client.test, lambda: client.create(body())):
        with pytest.raises(e.Credentials):
            call()
    client.close()
    assert fake.orders == {}


def test_only_the_official_host_is_asked_by_our_own_id(
    place: Place, fake: Fake, client: Client, body: Body
) -> None:
    name = client.create(body())
    can = place.profile == "official"
    assert client.can_find is can
    assert client.find("ours-1") == (name if can else None)
    assert len(fake.heard) == (2 if can else 1)


def test_a_written_request_shows_no_image(body: Body) -> None:
    shown = redacted(body())
    assert shown.count("<image, ") in {2, 4}
    assert max(map(len, shown.splitlines())) < 120


def key_words(heard_headers: dict[str, str]) -> str:
    return " ".join(heard_headers.values())


def test_the_key_stays_with_the_host_it_belongs_to(
    place: Place, fake: Fake, other_host: Host, client: Client, body: Body, tmp_path: Path
) -> None:
    """One host speaks the API, another has the video, and redirects lead there."""
    for status in (301, 302, 303, 307, 308):
        fake.goes_wrong(status, {}, Location=f"{other_host.url}/x")
        with pytest.raises((e.WrongAddress, e.Ambiguous)):
            client.create(body())
        fake.goes_wrong(status, {}, Location=f"{other_host.url}/x")
        with pytest.raises(e.WrongAddress):
            client.query("task-1")
    assert other_host.heard == []

    name = client.create(body())
    fake.only.state, fake.video = "done", f"{other_host.url}/a.mp4"
    if hasattr(fake, "elsewhere"):
        fake.elsewhere = other_host.url
    url = client.query(name).video_url
    assert url == fake.video
    assert other_host.heard == [], "asking for the state goes to the API host alone"
    other_host.will(answer(200, b"video " * 50, Content_Type="video/mp4"))
    fetch(url, tmp_path / "a.part")
    (heard,) = other_host.heard
    assert {"authorization", "x-api-key", "cookie"}.isdisjoint(heard.headers)
    assert all(part not in heard.raw.decode("latin-1") for part in (KEY, *PAIR))


@pytest.mark.parametrize("hours", [-24, 24])
def test_a_clock_that_is_wrong_by_a_day_succeeds_on_the_second_try(
    profiles: dict[str, Profile], models: Catalogue, hours: int
) -> None:
    place = PLACES["official with a pair"]
    fake = Official(pair=PAIR)
    fake.clock = lambda: 1_800_000_000.0
    client = Client(
        profiles["official"], fake.url, place.secret, clock=lambda: 1_800_000_000.0 + hours * 3600
    )
    name = client.create(body_of(painted_shot(place), place, profiles, models))
    assert len(fake.heard) == 2, "refused for its time, then taken"
    assert len(fake.orders) == 1
    assert client.query(name).state == "waiting"
    assert len(fake.heard) == 3, "the server's clock is remembered"
    client.close()
    fake.stop()


def test_a_wrong_secret_key_signs_nothing_that_is_taken(profiles: dict[str, Profile]) -> None:
    fake = Official(pair=PAIR)
    client = Client(profiles["official"], fake.url, f"{PAIR[0]}:another")
    with pytest.raises(e.Credentials):
        client.query("task-1")
    client.close()
    fake.stop()
