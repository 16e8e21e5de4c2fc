from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtGui import QColor, QImage

from app.errors import DiskFull
from app.events import ChangeBus, Changes
from ui.bridge import Bridge
from ui.images import Images, Picture
from ui.tasks import Tasks


class Receiver(QObject):
    def __init__(self):
        super().__init__()
        self.got = []
        self.threads = []

    def on_done(self, value):
        self.got.append(value)
        self.threads.append(QThread.currentThread())


@pytest.fixture
def tasks(qapp):
    tasks = Tasks()
    yield tasks
    tasks.close()


def test_result_arrives_in_the_gui_thread(tasks, qtbot):
    receiver = Receiver()
    with qtbot.waitSignal(tasks.idle, timeout=5000):
        tasks.run(lambda: threading.get_ident(), receiver.on_done)
    assert receiver.got[0] != threading.get_ident()
    assert receiver.threads == [QThread.currentThread()]


def test_known_error_becomes_a_failure_with_its_code(tasks, qtbot):
    def full():
        raise DiskFull("disk_full", retryable=True, where="database")

    with qtbot.waitSignal(tasks.failed, timeout=5000) as caught:
        tasks.run(full)
    assert caught.args[0].code == "disk_full"
    assert caught.args[0].facts == {"where": "database"}


def test_bug_is_told_as_unexpected(tasks, qtbot, caplog):
    with qtbot.waitSignal(tasks.failed, timeout=5000) as caught:
        tasks.run(lambda: 1 / 0)
    assert caught.args[0].code == "unexpected"


def test_dead_receiver_is_not_called(tasks, qtbot):
    receiver = Receiver()
    gate = threading.Event()
    tasks.run(lambda: gate.wait(5), receiver.on_done)
    del receiver
    with qtbot.waitSignal(tasks.idle, timeout=5000):
        gate.set()


def test_closing_drops_results_of_calls_still_running(tasks, qtbot):
    receiver = Receiver()
    tasks.run(lambda: 5, receiver.on_done)
    tasks.close()
    qtbot.wait(20)
    assert receiver.got == []


def test_closing_writes_what_waits_and_what_its_receivers_ask_for(tasks):
    done = []

    class Chain(QObject):
        def on_done(self, number):
            if number < 3:
                tasks.write(lambda: done.append(number + 1) or number + 1, self.on_done)

    chain = Chain()
    gate = threading.Event()
    tasks.write(lambda: gate.wait(5))
    tasks.write(lambda: done.append(1) or 1, chain.on_done)
    threading.Timer(0.1, gate.set).start()
    tasks.close()
    assert done == [1, 2, 3]
    assert not tasks.is_busy


def test_reads_hold_up_no_write(tasks, qtbot):
    gate, written = threading.Event(), threading.Event()
    for _ in range(10):
        tasks.run(lambda: gate.wait(5))
    tasks.write(written.set)
    assert written.wait(3)
    gate.set()


def test_many_commits_of_many_threads_become_few_signals(qapp, qtbot):
    bus = ChangeBus()
    bridge = Bridge(bus)
    received = []
    bridge.changed.connect(received.append)
    threads = [
        threading.Thread(
            target=lambda start=start: [
                bus.publish(Changes({"page": frozenset({start + n})})) for n in range(100)
            ]
        )
        for start in (0, 100, 200)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    qtbot.waitUntil(lambda: sum(len(each.touched.get("page", ())) for each in received) == 300, timeout=5000)
    assert len(received) <= 5
    bridge.close()


def test_closed_bridge_hears_nothing(qapp, qtbot):
    bus = ChangeBus()
    bridge = Bridge(bus)
    received = []
    bridge.changed.connect(received.append)
    bridge.close()
    bus.publish(Changes({"page": frozenset({1})}))
    qtbot.wait(80)
    assert received == []


def test_unknown_changes_of_other_processes_stay_unknown(qapp, qtbot):
    bus = ChangeBus()
    bridge = Bridge(bus)
    with qtbot.waitSignal(bridge.changed, timeout=5000) as caught:
        bus.publish(Changes(origin="elsewhere"))
        bus.publish(Changes({"page": frozenset({1})}))
    assert caught.args[0].is_unknown
    bridge.close()


def test_store_of_pictures_stays_bounded(qapp, qtbot, tmp_path):
    for place in range(30):
        image = QImage(100, 100, QImage.Format.Format_RGB32)
        image.fill(QColor(place * 8, 0, 0))
        image.save(str(tmp_path / f"{place}.png"))
    images = Images(cache_bytes=10 * 100 * 100 * 4)
    for place in range(30):
        picture = Picture(tmp_path / f"{place}.png")
        if images.pixmap(picture) is None:
            qtbot.waitUntil(lambda picture=picture: images.pixmap(picture) is not None, timeout=5000)
    assert images.held_bytes <= 10 * 100 * 100 * 4
    images.close()


def test_damaged_picture_is_told_and_not_tried_for_ever(qapp, qtbot, tmp_path):
    path = tmp_path / "damaged.jpg"
    path.write_bytes(b"no picture at all")
    images = Images()
    with qtbot.waitSignal(images.arrived, timeout=5000):
        images.pixmap(Picture(path))
    assert images.is_broken(Picture(path))
    images.close()
