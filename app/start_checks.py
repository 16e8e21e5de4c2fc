"""What a person should know when the program starts, and what stops nothing: models, office profile, clock.

Runs in the program's own process, once per start; the models named in the settings and the second recogniser are read for it (18 MB).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import select

from app.domain.offices import OfficeProfile, PacksInForce, known_offices
from app.errors import MachineError
from app.queries.register import offices_read_otherwise
from app.settings import Settings, SettingsProblem
from app.storage.database import Database
from app.storage.tables import AuditRow
from ocr.engines.models import require_models, require_small_models
from ocr.long_paths import usual

CLOCK_SLACK = timedelta(hours=2)
"""Behind the newest entry by more than that, the clock of this PC was set wrong then or is so now."""


def start_problems(
    database: Database, settings: Settings, tessdata_dir: Path, offices: Mapping[str, OfficeProfile]
) -> tuple[SettingsProblem, ...]:
    """Look for what is wrong with the installation and the PC; never raises for what it finds."""
    return (
        *_models(settings, tessdata_dir),
        *office_problems(settings, offices),
        *_registers(database, offices),
        *_clock(database),
    )


def office_problems(settings: Settings, offices: Mapping[str, OfficeProfile]) -> list[SettingsProblem]:
    """Say that the settings name an office without a profile: no default stands in for it."""
    if settings.office in offices:
        return []
    facts = {"office": settings.office, "known": known_offices(offices)}
    return [SettingsProblem("office_unknown", facts)]


def pack_problems(found: PacksInForce) -> list[SettingsProblem]:
    """Say which packs of the home are set aside, and which are older than what the program brings."""
    aside = [SettingsProblem(each.code, dict(each.facts)) for each in found.aside]
    older = [
        SettingsProblem(
            "office_pack_older",
            {
                "office": own.profile.code,
                "file": str(usual(own.path)),
                "version": own.profile.version,
                "there": shipped.profile.version,
            },
        )
        for own, shipped in found.outdated
    ]
    return aside + older


def _models(settings: Settings, tessdata_dir: Path) -> list[SettingsProblem]:
    if settings.engine == "fake":
        return []
    problems = []
    checks = [partial(require_models, tessdata_dir, (language,)) for language in settings.languages]
    for check in (*checks, partial(require_small_models, tessdata_dir)):
        try:
            check()
        except MachineError as exc:
            problems.append(SettingsProblem(exc.code, dict(exc.facts)))
    return problems


def _registers(database: Database, offices: Mapping[str, OfficeProfile]) -> list[SettingsProblem]:
    """Name offices whose pack has changed since their register was read: numbers of it may be passed over."""
    return [
        SettingsProblem("register_pack_changed", {"office": office})
        for office in offices_read_otherwise(database, offices)
    ]


def _clock(database: Database) -> list[SettingsProblem]:
    """Compare the clock with the newest act: dates in packages come from it, and no act is ever undone."""
    with database.read() as session:
        newest = session.scalar(select(AuditRow.at).order_by(AuditRow.id.desc()).limit(1))
    now = database.clock()
    if newest is None or newest - now <= CLOCK_SLACK:
        return []
    return [SettingsProblem("clock_behind", {"now": f"{now:%Y-%m-%d}", "newest": f"{newest:%Y-%m-%d}"})]
