"""The video is the draft of what was sent: it moves along the path, holds still, and stops."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kling_desktop.model import areas
from kling_desktop.motion import video
from kling_desktop.practice import render, rules

WIDTH, HEIGHT = 400, 320
BOX = (100, 200, 140, 240)


def scene() -> np.ndarray:
    """A bright square on a soft backdrop."""
    rows = np.linspace(40, 90, HEIGHT)[:, None, None]
    pixels = np.broadcast_to(rows, (HEIGHT, WIDTH, 3)).astype(np.uint8).copy()
    pixels[BOX[1] : BOX[3], BOX[0] : BOX[2]] = 250
    return pixels


def encoded(pixels: np.ndarray) -> str:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def shot(kit: Any, **changes: Any) -> Any:
    """The square moves 120 px to the right and 100 px up, as the wire counts: y grows upwards."""
    start = (120, HEIGHT - 1 - 220)
    group = {
        "mask": kit.mask(BOX),
        "trajectories": [
            {"x": start[0], "y": start[1]},
            {"x": start[0] + 120, "y": start[1] + 100},
        ],
    }
    body = {"image": encoded(scene()), "dynamic_masks": [group], "model_name": "kling-v1"}
    return rules.check({**body, **changes})


def place(frame: np.ndarray) -> tuple[float, float]:
    """Centre of what is bright, in pixels (x, y)."""
    rows, columns = np.nonzero(frame.min(axis=2) > 180)
    return float(columns.mean()), float(rows.mean())


def test_the_square_follows_its_path(kit: Any) -> None:
    frames = list(render.frames(shot(kit)))
    assert len(frames) == 150
    assert frames[0].shape == (HEIGHT, WIDTH, 3)
    begin, middle, end = (place(frames[number]) for number in (0, 75, 149))
    assert begin == pytest.approx((119.5, 219.5), abs=0.6)
    assert middle == pytest.approx((119.5 + 60.4, 219.5 - 50.3), abs=1.0)
    assert end == pytest.approx((239.5, 119.5), abs=0.6)


def test_the_video_on_disk_is_those_frames(kit: Any, tmp_path: Path) -> None:
    target = tmp_path / "shot.mp4"
    render.render(shot(kit), target, Event())
    info = video.verify(target)
    assert (info.width, info.height, info.frames) == (WIDTH, HEIGHT, 150)
    assert info.fps == pytest.approx(30)
    *_, (_, last) = video.read(target)
    assert place(last) == pytest.approx((239.5, 119.5), abs=1.0)


def test_masks_become_the_label_map(kit: Any) -> None:
    masks = [
        {"mask": kit.mask((10, 10, 60, 60)), "trajectories": kit.points(2)},
        {"mask": kit.mask((80, 10, 90, 20), kind="JPEG"), "trajectories": kit.points(2)},
    ]
    order = shot(kit, dynamic_masks=masks, static_mask=kit.mask((200, 200, 300, 300)))
    labels = render.label_map(order, WIDTH, HEIGHT)
    counts = areas.counts(labels)
    assert counts[1] == 2500
    assert counts[2] == pytest.approx(100, abs=20)
    assert counts[areas.STATIC] == 10_000
    assert areas.bounds(labels, 1) == (10, 10, 60, 60)


def test_smaller_masks_are_scaled_to_the_image(kit: Any) -> None:
    group = {"mask": kit.mask((10, 10, 20, 20), 200, 160), "trajectories": kit.points(2)}
    labels = render.label_map(shot(kit, dynamic_masks=[group]), WIDTH, HEIGHT)
    assert areas.bounds(labels, 1) == (20, 20, 40, 40)


def test_a_trajectory_is_turned_over(kit: Any) -> None:
    path = render.path_of(shot(kit).brushes[0], HEIGHT)
    assert path.points == ((120.0, 220.0), (240.0, 120.0))


def test_a_tail_is_where_it_ends(kit: Any) -> None:
    tail = np.full((300, 500, 3), (200, 30, 30), np.uint8)
    order = shot(kit, dynamic_masks=None, image_tail=encoded(tail))
    frames = list(render.frames(order))
    assert np.array_equal(frames[0], scene())
    assert (frames[-1] == (200, 30, 30)).all()
    middle = frames[75].astype(int)
    halfway = np.add(scene()[0, 0].astype(int), (200, 30, 30)) // 2
    assert abs(middle[0, 0] - halfway).max() <= 4


@pytest.mark.parametrize("field", ["image", "image_tail"])
def test_a_picture_alone_comes_a_little_closer(kit: Any, field: str) -> None:
    body = {"image": None, field: encoded(scene()), "dynamic_masks": None, "duration": "10"}
    frames = list(render.frames(shot(kit, **body)))
    assert len(frames) == 300
    assert np.array_equal(frames[0], scene())
    bright = [(frame.min(axis=2) > 180).sum() for frame in (frames[0], frames[-1])]
    assert bright[1] / bright[0] == pytest.approx(1.04**2, abs=0.04)


def test_a_camera_move_changes_the_view(kit: Any) -> None:
    control = {"type": "simple", "config": {"zoom": 8}}
    frames = list(render.frames(shot(kit, dynamic_masks=None, camera_control=control)))
    assert len(frames) == 150
    assert np.abs(frames[-1].astype(int) - frames[0]).mean() > 1.0


def test_a_static_mask_alone_stands_still(kit: Any) -> None:
    frames = list(render.frames(shot(kit, dynamic_masks=None, static_mask=kit.mask(BOX))))
    assert np.array_equal(frames[0], frames[-1])


@pytest.mark.parametrize("masked", [False, True])
def test_large_pictures_are_rendered_smaller(kit: Any, masked: bool) -> None:
    picture = np.zeros((900, 1800, 3), np.uint8)
    group = {"mask": kit.mask((5, 5, 99, 99), 1800, 900), "trajectories": kit.points(2)}
    masks = [group] if masked else None
    order = shot(kit, image=encoded(picture), dynamic_masks=masks)
    assert next(iter(render.frames(order))).shape == (640, 1280, 3)


def test_a_render_stops_when_told(kit: Any, tmp_path: Path) -> None:
    stopping = Event()
    stopping.set()
    with pytest.raises(render.Interrupted):
        render.render(shot(kit), tmp_path / "shot.mp4", stopping)
    assert list(tmp_path.iterdir()) == []


def test_a_server_answers_with_the_draft_of_what_was_sent(
    kit: Any, practice: Any, tmp_path: Path
) -> None:
    caller = practice(render=render.render, folder=tmp_path / "state")
    start = HEIGHT - 1 - 220
    points = [{"x": 120, "y": start}, {"x": 240, "y": start + 100}]
    group = {"mask": kit.mask(BOX), "trajectories": points}
    body = kit.plain(image=encoded(scene()), dynamic_masks=[group], external_task_id="mine")
    assert caller.create(body).status == 200
    answer = caller.until("mine", lambda found: "videos" in found.json)
    url = answer.json["videos"][0].removeprefix(caller.server.url)
    target = tmp_path / "shot.mp4"
    target.write_bytes(caller.send("GET", url, token=None).body)
    *_, (_, last) = video.read(target)
    assert video.verify(target).seconds == pytest.approx(5.0)
    assert place(last) == pytest.approx((239.5, 119.5), abs=1.0)
