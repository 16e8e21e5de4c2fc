"""The strip at the bottom that never lies: what runs, how fast, how long, what is safe, how much room is left."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QWidget

from app.queries.rows import WorkStatus
from ui import texts
from ui.texts import t
from ui.widgets.labels import ElidedLabel, label, set_tone
from ui.widgets.paint import Look

HEIGHT_PX = 34
LOW_DISK_BYTES = 5_000_000_000
# Elsewhere Qt answers with the language of the system, whatever layout the keyboard has.
TELLS_LAYOUT = frozenset({"windows", "cocoa"})


class StatusStrip(QFrame):
    """Shows a WorkStatus."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("ground", "panel")
        self.setProperty("edge", "top")
        self.setFixedHeight(HEIGHT_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 0, 18, 0)
        row.setSpacing(14)
        self._icon = QLabel(self)
        self._what = ElidedLabel(t("status.unknown"), self)
        self._what.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar(self)
        self._bar.setFixedWidth(120)
        self._bar.setTextVisible(False)
        self._pace = label(tone="dim", parent=self)
        self._failed = label(tone="care", parent=self)
        self._layout = label(tone="dim", parent=self)
        self._safe = label(tone="dim", parent=self)
        self._disk = label(tone="dim", parent=self)
        row.addWidget(self._icon)
        row.addWidget(self._what, 0)
        row.addWidget(self._bar)
        row.addWidget(self._pace)
        row.addStretch(1)
        for part in (self._failed, self._layout, self._safe, self._disk):
            row.addWidget(part)
        self._bar.hide()
        self._pace.hide()
        self._failed.hide()
        QGuiApplication.inputMethod().localeChanged.connect(self._show_layout)
        self._show_layout()

    @property
    def text(self) -> str:
        """What is said to run."""
        return self._what.text()

    def _show_layout(self) -> None:
        words = layout_words(QGuiApplication.platformName(), QGuiApplication.inputMethod().locale())
        self._layout.setText(words)
        self._layout.setVisible(bool(words))

    def show_status(self, status: WorkStatus) -> None:
        """Show the state of all background work."""
        words, icon, tone = what_runs(status)
        self._what.setText(words)
        set_tone(self._what, tone)
        color = self._look.theme.color(tone or ("accent" if not status.is_idle else "dim"))
        self._icon.setPixmap(self._look.icons.pixmap(icon, color, 16, self.devicePixelRatioF()))
        busy = status.pages_waiting + status.pages_running > 0 and status.held is None
        self._bar.setVisible(busy)
        self._bar.setRange(0, max(1, status.pages_total))
        self._bar.setValue(status.pages_done)
        pace = pace_words(status) if busy else ""
        self._pace.setText(pace)
        self._pace.setVisible(bool(pace))
        self._failed.setText(t("status.failed", n=status.failed) if status.failed else "")
        self._failed.setVisible(status.failed > 0)
        self._safe.setText(safe_words(status))
        is_low = status.free_bytes < LOW_DISK_BYTES
        self._disk.setText(
            t("status.disk_low" if is_low else "status.disk", free=texts.size(status.free_bytes))
        )
        set_tone(self._disk, "bad" if is_low else "dim")
        self._disk.setAlignment(Qt.AlignmentFlag.AlignVCenter)


def layout_words(platform: str, locale: QLocale) -> str:
    """The language the keyboard types now; nothing where the system does not tell it."""
    if platform not in TELLS_LAYOUT or locale.language() == QLocale.Language.C:
        return ""
    return t("status.keyboard", language=QLocale.languageToString(locale.language()))


def what_runs(status: WorkStatus) -> tuple[str, str, str]:
    """Words, icon and tone for what runs now."""
    if status.held is not None:
        return texts.explain("error", status.held), "warn", "bad"
    parts = []
    if status.files_waiting:
        parts.append(t("status.files", n=status.files_waiting))
    if status.pages_waiting + status.pages_running:
        page = min(status.pages_total, status.pages_done + 1)
        parts.append(t("status.pages", done=page, total=status.pages_total))
    elif status.packages_waiting:
        parts.append(t("status.packages", n=status.packages_waiting))
    if status.uploads_waiting:
        parts.append(t("status.uploads", n=status.uploads_waiting))
    if not parts:
        return t("status.idle"), "check", ""
    return " · ".join(parts), "refresh", ""


def pace_words(status: WorkStatus) -> str:
    """Pages a minute and time left, when both are known."""
    if not status.pages_per_minute:
        return ""
    minutes = (status.pages_waiting + status.pages_running) / status.pages_per_minute
    left = t("status.left_soon") if minutes < 1 else t("status.left", minutes=max(1, round(minutes)))
    return f"{t('status.pace', n=round(status.pages_per_minute))} · {left}"


def safe_words(status: WorkStatus) -> str:
    """What is safe on disk: a page counts from the moment its master was read back."""
    if status.files_waiting:
        return t("status.safe_waiting", n=status.pages_safe, waiting=status.files_waiting)
    return t("status.safe", n=status.pages_safe) if status.pages_safe else t("status.safe_none")
