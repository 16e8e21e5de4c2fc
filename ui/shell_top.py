"""The slim bar at the top: where am I, the register and its age, what waits for delivery, who am I."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QWidget

from app.queries.rows import RegisterInfo, WaitingCounts
from ui import texts
from ui.fonts import work_font
from ui.texts import t
from ui.theme import ThemeChoice
from ui.widgets.buttons import IconButton, KeyButton
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.paint import Look

HEIGHT_PX = 52
_LOOKS = {
    ThemeChoice.SYSTEM: ("system", "top.theme_system"),
    ThemeChoice.LIGHT: ("sun", "top.theme_light"),
    ThemeChoice.DARK: ("moon", "top.theme_dark"),
}


class TopBar(QFrame):
    """Lays out and emits."""

    register_asked = Signal()
    uploads_asked = Signal()
    activity_asked = Signal()
    keys_asked = Signal()
    look_chosen = Signal(object)
    person_asked = Signal()

    def __init__(self, look: Look, who: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._info = RegisterInfo(0, None)
        self._is_narrow = False
        self.setProperty("ground", "panel")
        self.setProperty("edge", "bottom")
        self.setFixedHeight(HEIGHT_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 0, 14, 0)
        row.setSpacing(6)
        name = label(t("app.name"), size="head", parent=self)
        self._where = ElidedLabel(parent=self, tone="dim")
        self._register = KeyButton("", look, icon="register", key="Ctrl L", kind="quiet", parent=self)
        self._register.setToolTip(t("top.register_hint"))
        self._uploads = KeyButton("", look, icon="send", kind="quiet", parent=self)
        self._activity = IconButton("bell", t("top.activity"), look, key="F11", parent=self)
        self._keys = IconButton("keyboard", t("top.keys"), look, key="F1", parent=self)
        self._theme = IconButton("system", "", look, parent=self)
        self._register.clicked.connect(self.register_asked)
        self._uploads.clicked.connect(self.uploads_asked)
        self._activity.clicked.connect(self.activity_asked)
        self._keys.clicked.connect(self.keys_asked)
        self._theme.clicked.connect(self._on_theme)
        look.theme.changed.connect(self._show_look)
        row.addWidget(name)
        row.addSpacing(10)
        row.addWidget(self._where, 1)
        for widget in (self._register, self._uploads, self._activity, self._keys, self._theme):
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(widget)
        row.addSpacing(6)
        self._person = Person(look, who, self)
        self._person.clicked.connect(self.person_asked)
        row.addWidget(self._person)
        self.show_register(RegisterInfo(0, None))
        self._show_look()

    @property
    def register_corner(self) -> QPoint:
        """Where a menu of the register belongs: below its button, on the screen."""
        return self._register.mapToGlobal(QPoint(0, self._register.height()))

    def show_person(self, who: str) -> None:
        """Somebody else works here."""
        self._person.show_name(who)

    def show_where(self, screen: str, crumb: str) -> None:
        """Name of the screen and what of it is shown."""
        self._where.setText(f"{screen}  ›  {crumb}" if crumb else screen)

    def set_narrow(self, is_narrow: bool) -> None:
        """Leave the date of the register to its tooltip where there is little room."""
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self.show_register(self._info)

    def show_register(self, info: RegisterInfo) -> None:
        """Size and age of the register."""
        self._info = info
        if not info.count or info.imported_at is None:
            self._register.setText(t("top.register_none"))
        else:
            date = texts.day(info.imported_at.astimezone().date())
            words = t("top.register", date=date, age=texts.age(info.imported_at), n=info.count)
            self._register.setText(date if self._is_narrow else words)
            parts = [
                f"{texts.office_name(each.office)}: {texts.register_as_of(each.imported_at)}, {each.count:,}"
                for each in info.offices
            ]
            self._register.setToolTip("\n".join((words, *parts, t("top.register_hint"))))
        self._register.updateGeometry()

    def show_waiting(self, waiting: WaitingCounts) -> None:
        """What waits for delivery, or was refused."""
        if waiting.uploads_refused:
            words, icon = t("top.uploads_refused", n=waiting.uploads_refused), "warn"
        elif waiting.uploads_open:
            words, icon = t("top.uploads_waiting", n=waiting.uploads_open), "send"
        else:
            words, icon = t("top.uploads_none"), "check"
        self._uploads.setText(words)
        self._uploads.set_icon(icon)
        self._uploads.set_tone("bad" if waiting.uploads_refused else "")
        self._uploads.updateGeometry()

    def _on_theme(self) -> None:
        order = list(ThemeChoice)
        self.look_chosen.emit(order[(order.index(self._look.theme.choice) + 1) % len(order)])

    def _show_look(self) -> None:
        icon, words = _LOOKS[self._look.theme.choice]
        self._theme.set_icon(icon)
        self._theme.setToolTip(t("top.theme", look=t(words)))
        self._theme.setAccessibleName(t("top.theme", look=t(words)))


class Person(QAbstractButton):
    """Initials in a circle and the name; pressed, somebody else can say so."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._name = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(34)
        self.show_name(name)

    def show_name(self, name: str) -> None:
        """Show another name."""
        self._name = name
        self.setToolTip(f"{name}\n{t('top.who_hint')}")
        self.setAccessibleName(name)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(min(180, 44 + self.fontMetrics().horizontalAdvance(self._name)), 34)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._look.theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(QPointF(15, 17), 14, 14)
        painter.setPen(theme.color("on_accent"))
        painter.setFont(work_font(12, weight=QFont.Weight.DemiBold))
        painter.drawText(QRectF(1, 3, 28, 28), Qt.AlignmentFlag.AlignCenter, initials(self._name))
        painter.setPen(theme.color("ink"))
        painter.setFont(work_font())
        rect = QRectF(36, 0, self.width() - 36, 34)
        words = painter.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, int(rect.width()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, words)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()


def initials(name: str) -> str:
    """One or two letters for a name."""
    parts = name.replace(".", " ").replace("_", " ").split()
    return "".join(part[0] for part in parts[:2]).upper() or "?"
