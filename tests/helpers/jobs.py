"""A kind of work for tests of the job table, with functions a real worker process can import."""

from __future__ import annotations

import ctypes
import faulthandler
import hashlib
import os
import socket
import time

from app.errors import MachineError, OperatorError


def double(task):
    return task * 2


def crash(_task):
    faulthandler._sigsegv()


def error_mode(_task):
    """What Windows asks a person when this process crashes: bits of SetErrorMode."""
    return ctypes.WinDLL("kernel32").GetErrorMode()


def sleep_long(_task):
    time.sleep(60)


def hungry(size_bytes):
    """Ask for so much memory and use it."""
    return len(bytearray(size_bytes))


def call_out(address):
    with socket.create_connection(address, timeout=5):
        return "connected"


def hold_the_thread(_task):
    """Work for minutes inside a library, where no signal handler of Python gets its turn."""
    hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)


def in_small_steps(seconds):
    """Work for so many seconds of being awake."""
    for _ in range(int(seconds * 20)):
        time.sleep(0.05)
    return seconds


def refuse(_task):
    raise OperatorError("damaged", name="page3.jpg")


def no_room(_task):
    raise MachineError("disk_full", retryable=True)


def bug(_task):
    raise KeyError("missing")


def crash_on_three(task):
    if task == 3:
        os.abort()
    return task


class NumberKind:
    """Subject: a number; the result is kept in a list."""

    name = "number"
    in_worker = True

    def __init__(self, run=double, *, timeout_s=30.0, in_worker=True, on_apply=None):
        self.run = run
        self.timeout_s = timeout_s
        self.in_worker = in_worker
        self.applied = []
        self.given_up = []
        self._on_apply = on_apply

    def prepare(self, tx, job):
        return job.subject_id

    def apply(self, tx, job, result):
        if self._on_apply is not None:
            self._on_apply(tx, job, result)
        self.applied.append((job.subject_id, result))

    def give_up(self, tx, job, code, facts):
        self.given_up.append((job.subject_id, code))
