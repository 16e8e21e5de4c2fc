"""A network of one share, played: which logins it takes, and what was asked of it."""

from __future__ import annotations

from pathlib import Path

from app.connectors.vault import Login
from app.windows.share import OPENED

SHARE = r"\\registry\incoming"
REFUSED, LOCKED, AWAY, OTHER_NAME, EXPIRED = 1326, 1909, 53, 1219, 1907


class PlayedNetwork:
    """Lets in who has the right login; `answer` is what any other login hears."""

    def __init__(self, right: Login | None = None, *, is_open: bool = False, answer: int = REFUSED) -> None:
        self.right = right
        self.is_open = is_open
        self.answer = answer
        self.asked = 0
        self.tried: list[tuple[str, str]] = []

    def refusal(self, directory: Path) -> int:
        self.asked += 1
        return OPENED if self.is_open else 5

    def connect(self, share: str, user: str, password: str) -> int:
        self.tried.append((user, password))
        self.is_open = self.right == Login(user, password)
        return OPENED if self.is_open else self.answer

    def disconnect(self, share: str) -> None:
        self.is_open = False
