"""The Qt binding keeps Python's books: thousands of paints leave the reference count of None alone.

PySide6 6.12.0 lost a reference for each call that returned None on Python 3.11, until the interpreter died.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PAINTS = 3000
TOLERATED = 200  # what caches and the event loop may keep; the fault lost one per call

PAINTING = f"""
import sys
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

class Painted(QWidget):
    told = Signal()

    def paintEvent(self, event):
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self.picture)
        painter.end()
        self.told.emit()

    def on_told(self):
        self.count += 1

app = QApplication([])
widget = Painted()
widget.count = 0
widget.picture = QPixmap(8, 8)
widget.told.connect(widget.on_told)
widget.resize(16, 16)
widget.show()
target = QPixmap(16, 16)

def paint(times):
    for _ in range(times):
        widget.render(target)

paint(100)
before = sys.getrefcount(None)
paint({PAINTS})
print(widget.count, sys.getrefcount(None) - before)
"""


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on: nothing to count"
)
def test_thousands_of_paints_leave_none_alone() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", PAINTING],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert answer.returncode == 0, answer.stderr
    painted, change = map(int, answer.stdout.split()[-2:])
    assert painted >= PAINTS
    assert abs(change) < TOLERATED
