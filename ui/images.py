"""Pictures for painting: decoded in threads, kept in a bounded store, asked for by path.

A paint asks ``pixmap`` and gets what is there, or None and a signal later. The newest wishes are served
first and old ones dropped, so that a fast scroll does not decode what has long passed by.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap, QTransform

CACHE_BYTES = 160 * 1024 * 1024
_WISHES = 400
_THREADS = 2
_LIMIT_MB = 1024  # Qt's own limit of 256 MB would refuse large colour masters


@dataclass(frozen=True, slots=True)
class Picture:
    """What to decode. long_side_px 0 keeps the stored size; turn_deg: clockwise turn applied after."""

    path: Path
    frame: int = 0
    long_side_px: int = 0
    turn_deg: int = 0


class Images(QObject):
    """Bounded store of decoded pictures."""

    arrived = Signal(object)  # Picture
    _decoded = Signal(object, QImage)

    def __init__(self, parent: QObject | None = None, *, cache_bytes: int = CACHE_BYTES) -> None:
        super().__init__(parent)
        QImageReader.setAllocationLimit(_LIMIT_MB)
        self._cache: OrderedDict[Picture, QPixmap] = OrderedDict()
        self._broken: set[Picture] = set()
        self._cache_bytes = cache_bytes
        self._held_bytes = 0
        self._wishes: OrderedDict[Picture, None] = OrderedDict()
        self._running: set[Picture] = set()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(_THREADS)
        self._is_closed = False
        self._decoded.connect(self._on_decoded)

    @property
    def held_bytes(self) -> int:
        """Memory of the pictures kept."""
        return self._held_bytes

    @property
    def is_busy(self) -> bool:
        """True while a picture is being decoded or waits for it."""
        return bool(self._running or self._wishes)

    def pixmap(self, picture: Picture) -> QPixmap | None:
        """The picture if it is here; otherwise it is fetched and ``arrived`` follows."""
        found = self._cache.get(picture)
        if found is not None:
            self._cache.move_to_end(picture)
            return found
        if not self._is_closed and picture not in self._broken and picture not in self._running:
            self._wishes[picture] = None
            self._wishes.move_to_end(picture)
            while len(self._wishes) > _WISHES:
                self._wishes.popitem(last=False)
            self._start()
        return None

    def is_broken(self, picture: Picture) -> bool:
        """True when the file was tried and cannot be shown."""
        return picture in self._broken

    def close(self) -> None:
        """Drop all wishes, let running decodes end and begin no others: a last repaint may still ask."""
        self._is_closed = True
        self._wishes.clear()
        self._pool.clear()
        self._pool.waitForDone(10_000)
        self._running.clear()

    def _start(self) -> None:
        while self._wishes and len(self._running) < _THREADS:
            picture, _ = self._wishes.popitem(last=True)
            self._running.add(picture)
            self._pool.start(_Decode(self, picture))

    def _on_decoded(self, picture: Picture, image: QImage) -> None:
        self._running.discard(picture)
        if image.isNull():
            self._broken.add(picture)
        else:
            self._keep(picture, QPixmap.fromImage(image))
        self._start()
        self.arrived.emit(picture)

    def _keep(self, picture: Picture, pixmap: QPixmap) -> None:
        self._cache[picture] = pixmap
        self._held_bytes += _cost(pixmap)
        while self._held_bytes > self._cache_bytes and len(self._cache) > 1:
            _, dropped = self._cache.popitem(last=False)
            self._held_bytes -= _cost(dropped)


class _Decode:
    """One decode in a thread of the pool."""

    def __init__(self, images: Images, picture: Picture) -> None:
        self._images = images
        self._picture = picture

    def __call__(self) -> None:
        self._images._decoded.emit(self._picture, _read(self._picture))


def _read(picture: Picture) -> QImage:
    reader = QImageReader(str(picture.path))
    reader.setAutoTransform(True)
    if picture.frame and not reader.jumpToImage(picture.frame):
        return QImage()
    size = reader.size()
    if picture.long_side_px and size.isValid() and max(size.width(), size.height()) > picture.long_side_px:
        bound = QSize(picture.long_side_px, picture.long_side_px)
        reader.setScaledSize(size.scaled(bound, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if picture.turn_deg and not image.isNull():
        image = image.transformed(QTransform().rotate(picture.turn_deg))
    return image


def _cost(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * max(1, pixmap.depth() // 8)
