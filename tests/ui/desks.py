"""Desks over a fake context, for tests and for the screenshot tool."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QLoggingCategory, QObject
from PySide6.QtWidgets import QApplication

from app.paths import resources_root
from tests.ui.fake_context import FakeContext, FakeReading
from ui.bridge import Bridge
from ui.desk import Desk
from ui.fonts import load_fonts
from ui.icons import Icons
from ui.images import Images
from ui.notices import Notices
from ui.preferences import Preferences
from ui.tasks import Tasks
from ui.theme import Theme, ThemeChoice


def dress(app: QApplication) -> None:
    """Style and faces as in the program."""
    QLoggingCategory.setFilterRules("qt.text.font.db=false")
    app.setStyle("Fusion")
    load_fonts(app, resources_root() / "fonts")


def fake_desk(
    app: QApplication, context: FakeContext, home: Path, look: ThemeChoice, parent: QObject
) -> Desk:
    """A desk whose every part belongs to parent."""
    dress(app)
    theme = Theme(app, resources_root() / "styles", look)
    theme.setParent(parent)
    return Desk(
        context=cast(Any, context),
        reading=cast(Any, FakeReading(context)),
        tasks=Tasks(parent),
        bridge=Bridge(context.bus, parent),
        theme=theme,
        icons=Icons(resources_root() / "icons"),
        images=Images(parent),
        notices=Notices(parent),
        preferences=Preferences(home, parent),
    )
