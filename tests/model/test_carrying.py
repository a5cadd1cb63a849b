"""A model without a brush: an end frame made of the draft carries the motion."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kling_desktop.model import areas
from kling_desktop.model.camera import Camera
from kling_desktop.model.capabilities import Capability, Catalogue, cells
from kling_desktop.model.carrying import bare, carries
from kling_desktop.model.checks import check
from kling_desktop.model.fixes import fix, fix_all
from kling_desktop.model.path import Path
from kling_desktop.model.problem import Severity
from kling_desktop.model.shot import Picture, Settings, Shot, of

TURBO = Capability(
    "kling-v2-5-turbo", "Turbo", ("std", "pro"), ("5", "10"), end_frame=frozenset({cells("pro *")})
)
MASTER = Capability("kling-v2-1-master", "Master", (), ("5",), end_frame=frozenset({cells("*")}))
PLAIN = Capability("plain", "Plain", (), ("5",))
CATALOGUE = Catalogue({model.name: model for model in (TURBO, MASTER, PLAIN)})
END = Picture(b"x", "PNG", 640, 427)


def shot(model: str = "kling-v2-5-turbo", mode: str = "pro", **changes: object) -> Shot:
    found = of(Picture(b"x", "JPEG", 640, 427))
    found.labels[100:200, 100:200] = 1
    path = Path(((150.0, 150.0), (400.0, 150.0)))
    settings = Settings(model_name=model, mode=mode, cfg_scale=None)
    return replace(found, paths={1: path}, settings=settings, **changes)  # type: ignore[arg-type]


def codes(found: Shot) -> list[str]:
    return [problem.code for problem in check(found, CATALOGUE)]


def test_the_way_out_is_offered_and_taken() -> None:
    (problem,) = check(shot(), CATALOGUE)
    assert problem.code == "brush_not_supported"
    assert "let an end frame carry the motion" in problem.message
    fixed = fix(shot(), problem, CATALOGUE)
    assert fixed.end_carries
    assert codes(fixed) == []


def test_the_mode_that_takes_end_frames_comes_with_it() -> None:
    fixed, _ = fix_all(shot(mode="std"), CATALOGUE)
    assert (fixed.end_carries, fixed.settings.mode, fixed.settings.duration) == (True, "pro", "5")
    assert codes(fixed) == []


@pytest.mark.parametrize("model", ["kling-v2-1-master", "plain"])
def test_no_way_out_where_the_model_takes_no_end_frame(model: str) -> None:
    (problem,) = check(shot(model), CATALOGUE)
    assert problem.fix is None
    assert "end_frame_not_supported" in codes(shot(model, end_carries=True))


def test_a_chosen_end_frame_is_not_thrown_away() -> None:
    problems = check(shot(end=END), CATALOGUE)
    assert {problem.code for problem in problems} == {"exclusive_groups", "brush_not_supported"}
    assert all(problem.fix is None for problem in problems)
    assert "exclusive_groups" in codes(shot(end=END, end_carries=True))


def test_areas_and_camera_may_be_carried_together() -> None:
    together = shot(camera=Camera("simple", {"zoom": 5.0}))
    assert "exclusive_groups" in codes(together)
    assert codes(replace(together, end_carries=True)) == []


def test_a_way_back_is_no_motion_to_an_end_frame() -> None:
    there_and_back = Path(((150.0, 150.0), (400.0, 150.0), (151.0, 150.0)))
    found = replace(shot(end_carries=True), paths={1: there_and_back})
    (problem,) = check(found, CATALOGUE)
    assert (problem.code, problem.severity) == ("carried_path_returns", Severity.WARNING)
    assert problem.field == "paths.1"


def test_without_motion_there_is_nothing_to_carry() -> None:
    still = replace(of(Picture(b"x", "JPEG", 640, 427)), end_carries=True)
    still = replace(still, settings=shot("plain").settings)
    assert not carries(still, areas.counts(still.labels))
    assert codes(still) == []


def test_bare_is_without_motion() -> None:
    found = bare(shot(camera=Camera("down_back")))
    assert (found.labels.any(), found.paths, found.camera) == (False, {}, None)
    assert found.labels.shape == shot().labels.shape
