"""The book of tasks: one JSON file and the decoded inputs of each, kept in a folder."""

from __future__ import annotations

import json
import logging
import os
import secrets
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from kling_desktop.model.camera import Camera
from kling_desktop.practice.order import INVALID_FIELD, Brush, Order, Refusal, Still

log = logging.getLogger(__name__)


class State(Enum):
    """Where a task stands; each dialect has its own words for these."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Record:
    """A task. ``number`` counts creations; ``file`` is the unguessable name of its video."""

    id: str
    number: int
    created: float
    seconds: int
    file: str
    external_id: str | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a task stands now, and since when (seconds since 1970)."""

    state: State
    since: float


class Book:
    """Every task ever made on a folder, by this process or another one.

    Methods may be called from any thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._records: dict[str, Record] = {}
        self._strange: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)
        self._read_new()

    def add(self, order: Order, created: float) -> Record:
        """Write a new task down, whole or not at all; raises Refusal for a used external id."""
        with self._lock:
            self._read_new()
            if order.external_id is not None and self._find(order.external_id) is not None:
                detail = f"external_task_id: “{order.external_id}” is in use already"
                raise Refusal(409, INVALID_FIELD, detail)
            record = Record(
                id=str(uuid.uuid4()),
                number=1 + max((known.number for known in self._records.values()), default=0),
                created=created,
                seconds=order.seconds,
                file=f"{secrets.token_urlsafe(24)}.mp4",
                external_id=order.external_id,
                failure=order.doom,
            )
            self._write(record, _saved_order(order, self._folder / record.id))
            self._records[record.id] = record
            return record

    def find(self, key: str) -> Record | None:
        """By task id or external id."""
        with self._lock:
            found = self._find(key)
            if found is None:
                self._read_new()
                found = self._find(key)
            return found

    def find_file(self, name: str) -> Record | None:
        """By the name of its video."""
        with self._lock:
            self._read_new()
            return next((r for r in self._records.values() if r.file == name), None)

    def newest_first(self) -> list[Record]:
        with self._lock:
            self._read_new()
            return sorted(self._records.values(), key=lambda r: r.number, reverse=True)

    def order(self, record: Record) -> Order:
        """What the task was asked for; raises OSError or ValueError where the files are damaged."""
        saved = json.loads(self._page(record.id).read_text("utf-8"))["order"]
        return _loaded_order(saved, self._folder / record.id)

    def video(self, record: Record) -> Path:
        """Where its video is, or will be."""
        return self._folder / f"{record.id}.mp4"

    def draft_folder(self, record: Record) -> Path:
        """Where a video may lie before it is whole."""
        return self._folder / record.id

    def fail(self, record: Record, reason: str) -> None:
        """Write down that the task came to nothing."""
        with self._lock:
            failed = replace(record, failure=reason)
            self._records[record.id] = failed
            try:
                saved = json.loads(self._page(record.id).read_text("utf-8"))
                self._write(failed, saved["order"])
            except (OSError, ValueError, KeyError):
                log.warning("the failure of task %s is known to this server only", record.id)

    def standing(self, record: Record, *, now: float, pace: float) -> Standing:
        """The state as a function of time: waiting, running, then whatever came of it."""
        if now < record.created + 0.5 * pace:
            return Standing(State.WAITING, record.created)
        over = record.created + 1.5 * pace
        if now >= over:
            if record.failure is not None:
                return Standing(State.FAILED, over)
            rendered = _modified(self.video(record))
            if rendered is not None:
                return Standing(State.DONE, max(over, rendered))
        return Standing(State.RUNNING, record.created + 0.5 * pace)

    def unrendered(self) -> list[Record]:
        """Tasks that still owe a video, oldest first."""
        return [
            record
            for record in reversed(self.newest_first())
            if record.failure is None and not self.video(record).exists()
        ]

    def _find(self, key: str) -> Record | None:
        if key in self._records:
            return self._records[key]
        return next((r for r in self._records.values() if r.external_id == key), None)

    def _page(self, task_id: str) -> Path:
        return self._folder / f"{task_id}.json"

    def _read_new(self) -> None:
        """Take in tasks that another server wrote into the same folder."""
        for page in self._folder.glob("*.json"):
            if page.stem in self._records or page.stem in self._strange:
                continue
            try:
                self._records[page.stem] = _record(json.loads(page.read_text("utf-8")), page.stem)
            except (OSError, ValueError, KeyError, TypeError):
                self._strange.add(page.stem)
                log.warning("not a task of the practice server: %s", page)

    def _write(self, record: Record, order: Mapping[str, Any]) -> None:
        saved = {
            "id": record.id,
            "number": record.number,
            "created": record.created,
            "file": record.file,
            "external_id": record.external_id,
            "failure": record.failure,
            "order": order,
        }
        _replace(self._page(record.id), json.dumps(saved, indent=1).encode())


def _record(saved: Mapping[str, Any], stem: str) -> Record:
    if saved["id"] != stem:
        raise ValueError("the file bears another task's name")
    return Record(
        id=str(saved["id"]),
        number=int(saved["number"]),
        created=float(saved["created"]),
        seconds=int(saved["order"]["seconds"]),
        file=str(saved["file"]),
        external_id=saved["external_id"],
        failure=saved["failure"],
    )


def _saved_order(order: Order, folder: Path) -> dict[str, Any]:
    """The order as JSON, its pictures written beside it."""
    folder.mkdir()

    def kept(still: Still | None, stem: str) -> dict[str, Any] | None:
        if still is None:
            return None
        name = f"{stem}.{still.suffix}"
        (folder / name).write_bytes(still.data)
        return {
            "file": name,
            "format": still.format,
            "width": still.width,
            "height": still.height,
        }

    camera = order.camera
    return {
        "model_name": order.model_name,
        "mode": order.mode,
        "seconds": order.seconds,
        "prompt": order.prompt,
        "negative_prompt": order.negative_prompt,
        "cfg_scale": order.cfg_scale,
        "external_id": order.external_id,
        "image": kept(order.image, "image"),
        "tail": kept(order.tail, "tail"),
        "static": kept(order.static, "static"),
        "brushes": [
            {"mask": kept(brush.mask, f"mask-{number}"), "points": brush.points}
            for number, brush in enumerate(order.brushes, 1)
        ],
        "camera": None if camera is None else camera.to_api(),
        "doom": order.doom,
    }


def _loaded_order(saved: Mapping[str, Any], folder: Path) -> Order:
    def still(entry: Mapping[str, Any] | None) -> Still | None:
        if entry is None:
            return None
        data = (folder / entry["file"]).read_bytes()
        return Still(data, entry["format"], entry["width"], entry["height"])

    brushes = tuple(
        Brush(mask, tuple((x, y) for x, y in entry["points"]))
        for entry in saved["brushes"]
        if (mask := still(entry["mask"])) is not None
    )
    camera = saved["camera"]
    return Order(
        model_name=saved["model_name"],
        mode=saved["mode"],
        seconds=saved["seconds"],
        prompt=saved["prompt"],
        negative_prompt=saved["negative_prompt"],
        cfg_scale=saved["cfg_scale"],
        image=still(saved["image"]),
        tail=still(saved["tail"]),
        static=still(saved["static"]),
        brushes=brushes,
        camera=None if camera is None else Camera(camera["type"], camera.get("config")),
        external_id=saved["external_id"],
        doom=saved["doom"],
    )


def _replace(path: Path, data: bytes) -> None:
    """Write whole or not at all."""
    draft = path.with_suffix(f".{secrets.token_hex(4)}.part")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _modified(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return None
