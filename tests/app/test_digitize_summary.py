"""The summary of digitize says how old the register is that it compared with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from app.commands.digitize_summary import _registers


def dossier(office, when):
    return SimpleNamespace(
        detail=SimpleNamespace(summary=SimpleNamespace(office=office), register_as_of=when)
    )


def test_the_age_of_each_offices_register_is_said_once():
    when = datetime.now(UTC) - timedelta(days=12, hours=1)
    report = SimpleNamespace(dossiers=(dossier("VN", None), dossier("KH", when), dossier("KH", when)))
    assert _registers(report) == [
        f"Register of KH: {when.astimezone():%Y-%m-%d}, 12 days old",
        "Register of VN: none",
    ]
