"""How a commit becomes known: one plain bus, one frozen message per transaction, no Qt."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Changes:
    """The ids a transaction touched, by kind ("batch", "dossier", "page", "import_item", "job", "outbox").

    origin: who caused it; "elsewhere" when another process wrote and the ids are not known.
    """

    touched: Mapping[str, frozenset[int]] = field(default_factory=dict)
    origin: str = ""

    @property
    def is_unknown(self) -> bool:
        """True when another process wrote: refresh what is shown."""
        return self.origin == "elsewhere"


Listener = Callable[[Changes], None]


class ChangeBus:
    """Carries Changes to listeners, in the thread that committed; listeners must return at once."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Add a listener; returns the function that takes it off again."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def publish(self, changes: Changes) -> None:
        """Tell every listener."""
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(changes)
