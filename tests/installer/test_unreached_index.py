"""A package index that is not reached: said for what it is, not as a fault of this system."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.installer.conftest import MiniatureProject


class Quiet(BaseHTTPRequestHandler):
    """Answers every request with an error and tells nothing on the terminal."""

    def log_message(self, format: str, *args: object) -> None:
        """Keep silent."""


@pytest.fixture
def port_without_tls() -> Iterator[int]:
    """A server that speaks plain HTTP: no secure connection to it can be made."""
    with HTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_failed_secure_connection_is_named_with_the_way_out(
    miniature: MiniatureProject, port_without_tls: int
) -> None:
    answer = miniature.start(
        "hello",
        FOLIODESK_WHEELHOUSE="",
        PIP_INDEX_URL=f"https://127.0.0.1:{port_without_tls}/simple",
        PIP_RETRIES="0",
    )

    assert answer.returncode == 3
    assert "no secure connection" in answer.stderr
    assert "PIP_CERT" in answer.stderr
    assert "No package file fits this system" not in answer.stderr
