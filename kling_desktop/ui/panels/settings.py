"""The settings panel: every field of the request beside picture and motion."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from kling_desktop.model.capabilities import Capability
from kling_desktop.model.shot import DEFAULT_CFG_SCALE, Settings
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.form import Number, Row, combo, fill, form
from kling_desktop.ui.panels.prompt import Prompt
from kling_desktop.ui.panels.section import Section
from kling_desktop.ui.studio import Studio

MODES = {"std": "Standard", "pro": "Professional", "4k": "4K"}


class SettingsPanel(QWidget):
    """Sections for prompt, video and negative prompt, in step with the shot and with what the
    account serves."""

    def __init__(self, document: Document, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._studio = document, studio
        self._make_prompts()
        self._make_fields()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for section in (self.prompt_section, self.video_section, self.negative_section):
            layout.addWidget(section)
        document.opened.connect(self._refresh)
        document.settings_changed.connect(self._refresh)
        studio.account_changed.connect(self._refresh)
        self._refresh()

    def lead_to(self, field: str) -> bool:
        """Give the keyboard to a field of the request; False where it is not one of these."""
        prompts = {
            "prompt": (self.prompt_section, self._prompt),
            "negative_prompt": (self.negative_section, self._negative),
        }
        if field in prompts:
            section, prompt = prompts[field]
            section.fold(folded=False)
            prompt.select_surplus()
            return True
        row = self._rows.get(field)
        if row is None:
            return False
        self.video_section.fold(folded=False)
        (row.field if row.field.isEnabled() else self.model).setFocus()
        return True

    # Making

    def _make_prompts(self) -> None:
        self._prompt = Prompt(
            "Prompt", "prompt", lines=2, example="What happens in the video, in a sentence or two"
        )
        self._negative = Prompt(
            "Negative prompt", "negativePrompt", lines=1, example="What should not appear"
        )
        self.prompt, self.negative_prompt = self._prompt.edit, self._negative.edit
        self._prompt.typed.connect(lambda text, key: self._change("Type prompt", key, prompt=text))
        self._negative.typed.connect(
            lambda text, key: self._change("Type negative prompt", key, negative_prompt=text)
        )
        self.prompt_section = Section("Prompt", self._prompt, self._prompt.count)
        self.negative_section = Section("Negative prompt", self._negative, self._negative.count)

    def _make_fields(self) -> None:
        body, grid = form()
        self.model = combo("model", "Model")
        self.mode = combo("mode", "Mode")
        self.duration = combo("duration", "Duration")
        self.duration.setToolTip("Duration of the video")
        self.duration.setMinimumContentsLength(1)
        self.cfg_scale = Number(minimum=0, maximum=1, singleStep=0.05, decimals=2)
        self.cfg_scale.setObjectName("cfgScale")
        self.cfg_scale.setAccessibleName("Prompt strength")
        self.cfg_scale.setToolTip("cfg_scale: higher keeps closer to the prompt")
        self.send_cfg = QCheckBox("Strength")
        self.send_cfg.setToolTip("Whether the prompt strength (cfg_scale) is sent")
        self._rows = {
            "model_name": Row(grid, "Model", self.model, span=2),
            "mode": Row(grid, "Mode, duration", self.mode),
            "duration": Row(grid, None, self.duration),
            "cfg_scale": Row(grid, self.send_cfg, self.cfg_scale),
        }
        self.video_section = Section("Video", body)
        self.model.currentIndexChanged.connect(
            lambda: self._choose("Choose model", self.model, "model_name")
        )
        self.mode.currentIndexChanged.connect(
            lambda: self._choose("Choose mode", self.mode, "mode")
        )
        self.duration.currentIndexChanged.connect(
            lambda: self._choose("Choose duration", self.duration, "duration")
        )
        self.cfg_scale.valueChanged.connect(
            lambda value: self._change("Set strength", "cfg_scale", cfg_scale=round(value, 4))
        )
        self.send_cfg.toggled.connect(self._on_send_cfg)

    # From the artist to the shot

    def _change(self, text: str, merge: str | None, **values: Any) -> None:
        settings = replace(self._document.shot.settings, **values)
        self._document.set_settings(settings, text, merge=merge)

    def _choose(self, text: str, box: Any, field: str) -> None:
        if box.currentIndex() >= 0:
            self._change(text, None, **{field: box.currentData()})

    def _on_send_cfg(self, on: bool) -> None:
        text = "Send strength" if on else "Leave strength out"
        self._change(text, None, cfg_scale=DEFAULT_CFG_SCALE if on else None)

    # From the shot to the artist

    def _refresh(self) -> None:
        settings = self._document.shot.settings
        self._prompt.show_text(settings.prompt)
        self._negative.show_text(settings.negative_prompt)
        model = self._studio.catalogue.get(settings.model_name)
        self._show_models(settings, model)
        self._show_modes(settings, model)
        self._show_durations(settings, model)
        self._show_cfg(settings, model)

    def _show_models(self, settings: Settings, model: Capability | None) -> None:
        offered = self._studio.catalogue.models.values()
        entries: list[tuple[str, Any, str | None]] = [(m.label, m.name, None) for m in offered]
        if model is None:
            entries.insert(
                0, (f"{settings.model_name} (not served here)", settings.model_name, None)
            )
        fill(self.model, entries, settings.model_name)
        hint = self._rows["model_name"].hint
        if model is None:
            hint.say("This account does not serve the shot's model; choose another.", "error")
        else:
            hint.say("Retired on the official hosts; a relay may serve it." * model.retired)

    def _show_modes(self, settings: Settings, model: Capability | None) -> None:
        modes = list(model.modes) if model else []
        if settings.mode not in modes:
            modes.append(settings.mode)
        fill(self.mode, [(MODES.get(mode, mode), mode, None) for mode in modes], settings.mode)
        one_mode = model is not None and not model.modes
        self._rows["mode"].allow(
            f"{model.label} has a single mode; none is sent." if model and one_mode else None
        )
        output = (model.output.get(settings.mode) or model.output.get("*", "")) if model else ""
        self.mode.setToolTip(f"The video comes back as {output}" if output else "")

    def _show_durations(self, settings: Settings, model: Capability | None) -> None:
        durations = list(model.durations) if model else []
        if settings.duration not in durations:
            durations.append(settings.duration)
        entries = [(f"{seconds} s", seconds, None) for seconds in durations]
        fill(self.duration, entries, settings.duration)

    def _show_cfg(self, settings: Settings, model: Capability | None) -> None:
        value = settings.cfg_scale
        with QSignalBlocker(self.cfg_scale), QSignalBlocker(self.send_cfg):
            self.send_cfg.setChecked(value is not None)
            if value is not None and round(self.cfg_scale.value(), 4) != value:
                self.cfg_scale.setValue(value)
        row, taken = self._rows["cfg_scale"], model is None or model.cfg
        reason = None if taken or model is None else f"{model.label} takes no prompt strength."
        row.allow(reason)
        self.cfg_scale.setEnabled(taken and value is not None)
        self.send_cfg.setEnabled(taken or value is not None)
