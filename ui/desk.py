"""What every screen works with: services, reading, pictures, look and words of the moment, in one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.bridge import Bridge
from ui.icons import Icons
from ui.images import Images
from ui.notices import Notices
from ui.preferences import Preferences
from ui.reading import Reading
from ui.tasks import Tasks
from ui.theme import Theme

if TYPE_CHECKING:
    from app.context import AppContext


@dataclass(frozen=True, slots=True)
class Desk:
    """Built once by ui.main (and by tests over a fake context)."""

    context: AppContext
    reading: Reading
    tasks: Tasks
    bridge: Bridge
    theme: Theme
    icons: Icons
    images: Images
    notices: Notices
    preferences: Preferences

    def close(self) -> None:
        """Stop all threads and timers of the window; the context is closed by its owner."""
        self.bridge.close()
        self.images.close()
        self.tasks.close()
        self.preferences.save()
