"""Commands about a shot: new, check, request, draft, follow."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kling_desktop.cli.outcome import (
    BAD_INPUT,
    DONE,
    CommandError,
    number,
    parse_json,
    print_bytes,
    print_json,
    print_problems,
    read_json,
    spare,
)
from kling_desktop.workshop import (
    Workshop,
    preview_of,
    read_shot,
    simplifications,
    write_shot,
)

if TYPE_CHECKING:
    from kling_desktop.model.problem import Problem
    from kling_desktop.model.shot import Picture, Shot
    from kling_desktop.motion.export import Kind
    from kling_desktop.motion.follow import AreaFollow
    from kling_desktop.storage.accounts import Account

LONGEST = 60.0
"""Seconds; no model makes a video that comes near it."""
USUAL_FPS = 30.0
"""Of a video, and of pictures that are to become one."""
END_IMAGE = "end_image="
SHOT_KEYS = ("camera", "end_image", "land", "end_carries")
"""What ``new --set`` takes beside the settings."""


def new(_workshop: Workshop, options: argparse.Namespace) -> int:
    from kling_desktop.imaging.load import read_file
    from kling_desktop.imaging.masks import read_labels
    from kling_desktop.model import shot as shots
    from kling_desktop.storage.path_part import paths_from_json

    ends = [pair.removeprefix(END_IMAGE) for pair in options.set if pair.startswith(END_IMAGE)]
    spare(options.output, [options.image, options.areas, options.paths, *map(Path, ends)])
    picture = read_file(options.image)
    shot = shots.of(picture)
    if options.areas:
        labels = read_labels(options.areas.read_bytes(), picture.width, picture.height)
        shot = replace(shot, labels=labels)
    if options.paths:
        shot = replace(shot, paths=paths_from_json(read_json(options.paths)))
    write_shot(with_settings(shot, options.set), options.output)
    print(options.output)
    return DONE


def with_settings(shot: Shot, pairs: Sequence[str]) -> Shot:
    """The shot with ``KEY=VALUE`` settings, and what else SHOT_KEYS name, put in."""
    from kling_desktop.imaging.load import read_file
    from kling_desktop.storage.schema import camera_from_json, settings_from_json

    known = ("model_name", "mode", "duration", "prompt", "negative_prompt", "cfg_scale")
    given: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or key not in {*known, *SHOT_KEYS}:
            raise CommandError(
                f"“{pair}” is no setting. Write KEY=VALUE with KEY one of "
                f"{', '.join([*known, *SHOT_KEYS])}.",
                BAD_INPUT,
            )
        if key == "camera":
            shot = replace(shot, camera=camera_from_json(parse_json(value, "camera")))
        elif key == "end_image":
            shot = replace(shot, end=read_file(Path(value)) if value else None)
        elif key == "land":
            shot = replace(shot, land=yes_or_no(value))
        elif key == "end_carries":
            shot = replace(shot, end_carries=yes_or_no(value))
        else:
            given[key] = value
    if "cfg_scale" in given:
        given["cfg_scale"] = number(given["cfg_scale"])
    merged = {key: getattr(shot.settings, key) for key in known} | given
    return replace(shot, settings=settings_from_json(merged))


def yes_or_no(value: str) -> bool:
    """True or False; raises CommandError for anything else."""
    found = {"true": True, "false": False}.get(value.strip().lower())
    if found is None:
        raise CommandError(f"“{value}” should be true or false.", BAD_INPUT)
    return found


def check(workshop: Workshop, options: argparse.Namespace) -> int:
    shot = read_shot(options.shot)
    account = workshop.account(options.account)
    if options.fix:
        shot = fixed(workshop, shot, account, options.shot)
    problems = problems_of(workshop, shot, account)
    if options.json:
        print_json([asdict(problem) for problem in problems])
    else:
        print_problems(problems, sys.stdout)
    return BAD_INPUT if any(problem.stops for problem in problems) else DONE


def fixed(workshop: Workshop, shot: Shot, account: Account, path: Path) -> Shot:
    """The shot with every safe fix made, saved where it was if there was any."""
    from kling_desktop.model.fixes import fix_all

    found, done = fix_all(shot, workshop.catalogue(account))
    if done:
        write_shot(found, path, preview_of(found))
    for problem in done:
        words = problem.fix or ""
        print(f"Fixed {problem.field}: {words[:1].lower()}{words[1:]}.", file=sys.stderr)
    return found


def problems_of(workshop: Workshop, shot: Shot, account: Account) -> list[Problem]:
    """What stops a shot, then what is done to its paths and its picture on the way, once each."""
    from kling_desktop.model.checks import check as check_shot

    problems = check_shot(shot, workshop.catalogue(account)) + simplifications(shot)
    if {"image_format", "image_too_large"} & {problem.code for problem in problems}:
        return problems
    return problems + workshop.conversions(shot)


def checked(workshop: Workshop, options: argparse.Namespace, account_id: str | None) -> Shot:
    """Open a shot that may be sent; its problems go to stderr, errors end the command."""
    spare(options.output, [options.shot])
    shot = read_shot(options.shot)
    problems = problems_of(workshop, shot, workshop.account(account_id))
    if problems:
        print_problems(problems, sys.stderr)
    if any(problem.stops for problem in problems):
        found = [asdict(problem) for problem in problems]
        raise CommandError("Nothing was sent.", BAD_INPUT, found)
    return shot


def request(workshop: Workshop, options: argparse.Namespace) -> int:
    from kling_desktop.providers.routes import destination

    shot = checked(workshop, options, options.account)
    account = workshop.account(options.account)
    # What is written down names model and mode even where they are a part of the address.
    _, body = destination(workshop.profile(account), workshop.request(shot, account, None))
    if options.output:
        from kling_desktop.storage import atomic

        atomic.write(options.output, body)
    else:
        print_bytes(body)
    return DONE


def draft(_workshop: Workshop, options: argparse.Namespace) -> int:
    from kling_desktop.cli.progress import Bar
    from kling_desktop.imaging.load import pixels
    from kling_desktop.motion import export

    spare(options.output, [options.shot])
    kind = export.kind_of(options.output)
    shot = read_shot(options.shot)
    if shot.picture is None:
        raise CommandError("The shot has no picture.", BAD_INPUT)
    fps = draft_fps(kind, options.fps)
    times = export.times(seconds_of(shot.settings.duration), fps, export.Loop(options.loop))
    for path in export.files(options.output, kind, len(times)):
        spare(path, [options.shot])
    height = draft_height(shot.picture, options.height)
    clip = export.Clip(export.drafted(pixels(shot.picture), shot, height=height), times)
    with Bar("draft", len(times)) as bar:
        made = export.export(clip, options.output, kind=kind, fps=fps, progress=bar.at)
    for path in made:
        print(path)
    return DONE


def draft_fps(kind: Kind, asked: int | None) -> float:
    """Frames a second: what was asked for, or what is usual, but never more than a GIF can show."""
    from kling_desktop.motion.export import Kind
    from kling_desktop.motion.gif import FASTEST

    if kind != Kind.GIF:
        return USUAL_FPS if asked is None else asked
    if asked is not None and asked > FASTEST:
        said = f"The GIF is made with {FASTEST:g} frames a second, not {asked}: that is all."
        print(said, file=sys.stderr)
    return FASTEST if asked is None else min(asked, FASTEST)


def seconds_of(duration: str) -> float:
    """The length of a draft; raises CommandError for one that would be none, or never end."""
    try:
        seconds = float(duration)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= LONGEST:
        raise CommandError(
            f"The duration “{duration[:40]}” is not a number of seconds above 0 and up to "
            f"{LONGEST:g} seconds; set another one.",
            BAD_INPUT,
        )
    return seconds


def draft_height(picture: Picture, asked: int | None) -> int:
    """Pixels: what was asked for, but never more than the picture shows."""
    from kling_desktop.motion.export import HIGHEST

    most = min(picture.height, HIGHEST)
    if asked is not None and asked > most:
        print(f"The draft is made {most} pixels high, not {asked}: that is all.", file=sys.stderr)
    return most if asked is None else min(asked, most)


def follow(_workshop: Workshop, options: argparse.Namespace) -> int:
    from kling_desktop.imaging.load import pixels
    from kling_desktop.model.landing import sent
    from kling_desktop.motion.follow import follow as measure

    shot = read_shot(options.shot)
    if shot.picture is None:
        raise CommandError("The shot has no picture.", BAD_INPUT)
    paths = sent(shot).paths
    still = pixels(shot.picture)
    report = measure(still, shot.labels, paths, options.video, backwards=shot.land)
    if options.json:
        print_json(report.to_json())
        return DONE
    for area in report.areas:
        print(f"Area {area.area}: {area.note or in_words(area, land=shot.land)}")
    if report.static_drift_px is not None:
        print(f"Static: drifts {report.static_drift_px:.2f} px")
    elif report.static_note:
        print(f"Static: {report.static_note}")
    return DONE


def in_words(area: AreaFollow, *, land: bool) -> str:
    far = "beginning" if land else "end"
    return (
        f"follows its path to {area.score:.0%}; off by {area.mean_px:.2f} px on average, "
        f"{area.max_px:.2f} px at most, {area.end_px:.2f} px at the {far}"
    )
