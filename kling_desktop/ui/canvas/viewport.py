"""The widget that shows the layers: the view on the picture, and what is repainted when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Point
from kling_desktop.ui.canvas import scene
from kling_desktop.ui.canvas.backdrop import Backdrop
from kling_desktop.ui.canvas.empty import EmptyState
from kling_desktop.ui.canvas.overlay import palette
from kling_desktop.ui.canvas.photo import as_image
from kling_desktop.ui.canvas.stage import Stage
from kling_desktop.ui.canvas.view import View
from kling_desktop.ui.document import Document
from kling_desktop.ui.notices import Notices
from kling_desktop.ui.toolbox import Toolbox

STEP = 2**0.5
"""Factor of one press of zoom in or out."""


REST_MS = 80
"""How long the view stays before what takes longer to show is shown."""
FAINT = 0.35
"""How strongly areas show over a playing draft: where they began, and what is painted meanwhile."""


class Viewport(QWidget):
    """Shows picture, areas and paths, and fits, zooms and moves them. Knows no tool."""

    zoom_changed = Signal(float)
    """Device pixels per image pixel."""
    open_requested = Signal()
    """The empty canvas was asked for a picture, or for the sample shot."""
    sample_requested = Signal()

    def __init__(
        self,
        document: Document,
        toolbox: Toolbox,
        notices: Notices,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setMinimumSize(240, 180)
        self.stage = Stage(document, toolbox, notices, self)
        self.stage.photo.ready.connect(self.update)
        self._backdrop = Backdrop()
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._on_rest)
        self._surround = scene.Surround.of(self.palette())
        self._picture = QRect()  # where it lies, in whole device pixels
        self._fits = True
        self._show_plan = True
        self._frame: QImage | None = None
        self._frame_pixels: npt.NDArray[np.uint8] | None = None  # what the frame's QImage borrows
        self._empty = EmptyState(self)
        self._empty.open_requested.connect(self.open_requested)
        self._empty.sample_requested.connect(self.sample_requested)
        document.opened.connect(self._on_opened)
        document.labels_changed.connect(self._on_labels_changed)
        document.paths_changed.connect(self.stage.show_paths)
        document.looks_changed.connect(self._on_looks_changed)
        toolbox.view_changed.connect(self._on_looks_changed)
        self.destroyed.connect(self.stage.overlay.close)
        self._on_opened()

    # Between widget and picture

    def view_point(self, x: float, y: float) -> QPointF:
        """Image pixels → widget pixels."""
        return QPointF(*self.stage.view.to_widget(x, y))

    def image_point(self, place: QPointF) -> QPointF:
        """Widget pixels → image pixels."""
        return QPointF(*self.stage.view.to_image(place.x(), place.y()))

    @property
    def zoom(self) -> float:
        """Device pixels per image pixel; setting it keeps the middle of the widget in place."""
        return self.stage.view.zoom

    @zoom.setter
    def zoom(self, zoom: float) -> None:
        self.zoom_at(zoom, self._middle)

    @property
    def fits(self) -> bool:
        """Whether the picture is fitted to the widget, and stays so when the widget changes."""
        return self._fits

    @property
    def show_plan(self) -> bool:
        """Whether areas and paths are shown, over the picture as over a frame."""
        return self._show_plan

    @show_plan.setter
    def show_plan(self, shown: bool) -> None:
        if shown != self._show_plan:
            self._show_plan = shown
            self.update()

    # Fitting and zooming

    def fit(self) -> None:
        """Show the whole picture and keep it so until the artist zooms or moves it."""
        self._fits = True
        self._look(self.stage.view.fitted())

    def actual_size(self) -> None:
        """One image pixel to one pixel of the screen, around the middle of what is seen."""
        self.zoom_at(1.0, self._middle)

    def zoom_in(self) -> None:
        self.step_at(STEP, self._middle)

    def zoom_out(self) -> None:
        self.step_at(1 / STEP, self._middle)

    def zoom_at(self, zoom: float, at: Point) -> None:
        """Zoom with the image point under ``at`` (widget pixels) staying there."""
        self._look_freely(self.stage.view.zoomed(zoom, at))

    def step_at(self, factor: float, at: Point) -> None:
        """Zoom by a factor at a place in widget pixels, not past 100 % in one go."""
        self._look_freely(self.stage.view.stepped(factor, at))

    def move_by(self, dx: float, dy: float) -> None:
        """Move the picture by widget pixels."""
        self._look_freely(self.stage.view.moved(dx, dy))

    # A draft frame in place of the picture

    def show_frame(self, frame: npt.NDArray[np.uint8] | None) -> None:
        """Show an RGB frame (h, w, 3) stretched over the picture, or the picture again."""
        if frame is None and self._frame is None:
            return
        if frame is None:
            self._frame = self._frame_pixels = None
        else:
            from kling_desktop.imaging.pyramid import bgra

            self._frame_pixels = bgra(frame)
            self._frame = as_image(self._frame_pixels)
        self.update(QRect(*self.stage.view.dirty(Rect(0, 0, *self.stage.view.image))))

    # What Qt calls

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: ARG002
        self._empty.adjustSize()
        self._empty.move(
            (self.width() - self._empty.width()) // 2, (self.height() - self._empty.height()) // 2
        )
        self._on_resized()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._surround = scene.Surround.of(self.palette())
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        stage, ratio = self.stage, self.devicePixelRatioF()
        if ratio != stage.view.ratio:  # moved to another screen
            self._on_resized()
        rect, view = event.rect(), stage.view
        part = rect if ratio == 1.0 else scene.device_rect(rect, ratio)
        painter = QPainter(self)
        if ratio != 1.0:
            painter.scale(1 / ratio, 1 / ratio)
        backdrop = self._backdrop.image(view, self.stage.photo, self._surround)
        painter.drawImage(part, backdrop, part)
        if not self._picture.isEmpty():
            if self._frame is not None:
                scene.draw_frame(painter, self._frame, view)
            if self._show_plan:
                if stage.overlay.painted:
                    self._draw_areas(painter, part)
                if view.zoom > scene.GRID_ABOVE:
                    scene.draw_grid(painter, view, part)
                stage.paths.draw(painter, rect, part)
            self.draw_on_top(painter)
        painter.end()

    def _draw_areas(self, painter: QPainter, part: QRect) -> None:
        view, overlay = self.stage.view, self.stage.overlay
        # The last pixel of a smaller level may reach beyond an odd side of the picture.
        clips = view.level > 0 and not self._picture.contains(part)
        if clips:
            painter.setClipRect(self._picture)
        if self._frame is not None:
            painter.setOpacity(FAINT)
        overlay.draw(painter, view, part)
        if self._frame is not None:
            painter.setOpacity(1.0)
        if clips:
            painter.setClipping(False)

    def show_drop(self, *, lit: bool) -> None:
        """Answer a file that is held over the canvas, or no longer is."""
        self._empty.light(lit=lit)

    def draw_on_top(self, painter: QPainter) -> None:
        """For the canvas: what the tool in hand shows; the painter is set to device pixels."""

    # What the document and the toolbox tell

    def _on_opened(self) -> None:
        document = self.stage.document
        size = document.shot.size if document.pixels.size else (0, 0)
        self.stage.overlay.show(document.labels)
        self._on_looks_changed()
        self._frame = self._frame_pixels = None
        self.stage.photo.open(document.pixels)
        self._empty.setVisible(not all(size))
        self.stage.view = View(size, self._widget_size, self.devicePixelRatioF())
        self.fit()

    def _on_labels_changed(self, rect: Rect) -> None:
        self.stage.labels_changed(rect)

    def _on_looks_changed(self) -> None:
        toolbox, looks = self.stage.toolbox, self.stage.document.shot.looks
        self.stage.overlay.recolour(palette(toolbox.hidden, looks, toolbox.strengths))
        self.stage.show_paths()
        self.update()

    def _on_resized(self) -> None:
        view = self.stage.view
        size, ratio = self._widget_size, self.devicePixelRatioF()
        if self._fits:
            self._look(replace(view, widget=size, ratio=ratio).fitted())
        else:
            self._look(view.resized(size, ratio))

    def _look_freely(self, view: View) -> None:
        """The artist chose this view: it is fitted no longer."""
        if all(view.image):
            self._fits = False
            self._look(view)

    def _look(self, view: View) -> None:
        """Look at the picture another way."""
        zoom, self.stage.view = self.stage.view.zoom, view
        self._picture = scene.picture_rect(view)
        self.stage.overlay.ensure(view)
        if self.stage.overlay.rough:
            self._rest.start()
        self.stage.show_paths()
        self.update()
        if view.zoom != zoom:
            self.zoom_changed.emit(view.zoom)

    def _on_rest(self) -> None:
        """The view has not changed for a moment."""
        if self.stage.overlay.refine():
            self.update()

    @property
    def _middle(self) -> Point:
        return self.width() / 2, self.height() / 2

    @property
    def _widget_size(self) -> tuple[int, int]:
        return max(1, self.width()), max(1, self.height())
