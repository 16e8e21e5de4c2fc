"""Builds and wires everything once, for the window, the command line and tests alike."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from app.connectors.local_office import prepare_drop_folder
from app.domain.offices import OfficeProfile, formats_for, packs_in_force, profiles_of
from app.errors import OperatorError
from app.events import ChangeBus, Changes
from app.jobs import store
from app.jobs.character_cutter import CharacterCutter
from app.jobs.fast_lane import FastLane
from app.jobs.kinds.fields_job import FieldsKind
from app.jobs.kinds.intake_job import IntakeKind
from app.jobs.kinds.link_job import LinkKind
from app.jobs.kinds.package_job import PackageKind
from app.jobs.kinds.page_job import PageKind, PageWork
from app.jobs.kinds.separate_job import SeparateKind
from app.jobs.local_runner import LocalRunner
from app.jobs.loop import JobLoop
from app.jobs.protocol import Runner
from app.jobs.zone_reader import ZoneReader
from app.logs import start_logging
from app.paths import HomePaths, default_home, offices_dir, schemas_dir, tessdata_dir
from app.services import flow
from app.services.capture import Capture, ImportOptions
from app.services.character_checks import CharacterChecks
from app.services.divisions import Divisions
from app.services.document_links import DocumentLinks
from app.services.documents import Documents
from app.services.fields import Fields
from app.services.indexing import Indexing
from app.services.inserting import Inserting
from app.services.keying_acts import KeyingActs
from app.services.office_packs import note_found
from app.services.pages import Pages
from app.services.register import RegisterService
from app.services.review import Review
from app.services.spreads import Spreads
from app.services.undoing import Undoing
from app.services.uploads import Uploads
from app.settings import (
    Settings,
    SettingsProblem,
    has_room_for_worker,
    load_settings,
    system_user,
    worker_count,
)
from app.start_checks import pack_problems, start_problems
from app.storage.database import Database
from app.storage.masters import MasterStore
from app.storage.migrations.runner import migrate
from app.storage.owners import OwnerLock, dead_owners, forget_dead
from app.upload.runner import OutboxRunner
from app.version import software
from ocr.tasks import get_ready_to_take_in

log = logging.getLogger(__name__)

OTHER_PROCESS_POLL_S = 1.0
LOOKS_PER_TAKE_OVER = 10
USUAL_WAIT_S = 5.0
MOST_NAME_LETTERS = 64
# Someone waits for the end, a person at Ctrl+C or the system at its shutdown, which grants 5 s in all.
HURRY_WAIT_S = 1.0


class AppContext:
    """The program without a face. Make it with open(); close() when done."""

    def __init__(
        self,
        paths: HomePaths,
        settings: Settings,
        *,
        runner: Callable[[], Runner] | None,
        is_watched: bool = False,
    ) -> None:
        self.paths = paths
        self.settings = settings
        self.settings_problems: tuple[SettingsProblem, ...] = ()
        self.bus = ChangeBus()
        self.database = Database(paths.database, self.bus)
        self.packs = packs_in_force(offices_dir(), paths.offices)
        self.offices = profiles_of(self.packs.packs)
        self.masters = MasterStore(paths.masters)
        self._owner = OwnerLock.acquire(paths.owners)
        self._logs = start_logging(paths.logs, level=settings.log_level)
        self._watch_stop = threading.Event()
        self._watch: threading.Thread | None = None
        self._make_services(settings.operator)
        self.loop = JobLoop(
            self.database,
            runner or (lambda: LocalRunner(worker_count(settings))),
            self._kinds(),
            self._owner.name,
            self._gate,
            fast_lane=_fast_lane(is_watched=is_watched) if runner is None else None,
        )
        self.zones = ZoneReader(
            self.database, self.masters, tessdata_dir(), settings.engine, runner or (lambda: LocalRunner(1))
        )
        self.characters = CharacterCutter(self.zones.worker)
        self.outbox = OutboxRunner(self.database, paths, self._owner.name)
        self._unsubscribe = self.bus.subscribe(self._on_changes)
        self._started = False

    @classmethod
    def open(
        cls,
        home: Path | None = None,
        *,
        background: bool = True,
        settings: Settings | None = None,
        workers: int | None = None,
        runner: Callable[[], Runner] | None = None,
        is_watched: bool = False,
    ) -> AppContext:
        """Open a home (the usual one when None): migrate, give back what dead programs held, start working.

        background False: nothing runs until start(). settings replaces the file's; workers replaces its
        number of worker processes; runner makes the workers (tests); is_watched: somebody waits to see pages
        that arrive. Raises OperatorError or MachineError with a code that says what to do.
        """
        paths = HomePaths(home or default_home()).make()
        loaded = load_settings(paths.settings)
        migrate(paths.database, backups_dir=paths.backups)
        chosen = settings or loaded.settings
        if workers is not None:
            chosen = chosen.model_copy(update={"workers": workers})
        context = cls(paths, chosen, runner=runner, is_watched=is_watched)
        found = start_problems(context.database, chosen, tessdata_dir(), context.offices)
        context.settings_problems = (*loaded.problems, *found, *pack_problems(context.packs))
        for problem in pack_problems(context.packs):
            log.warning("%s: %s", problem.code, problem.facts)
        note_found(context.database, context.packs.packs)
        prepare_drop_folder(paths.drop)
        context._take_over()
        if background:
            context.start()
        return context

    @property
    def operator(self) -> str:
        """Who is working: everything a person does is recorded under this name."""
        return self._operator

    def change_operator(self, name: str) -> str:
        """Somebody else works from now on, until the program ends; returns the name as it is recorded.

        Raises OperatorError("operator_unnamed") for a name without letters or of more than 64.
        """
        plain = " ".join(name.split())
        if not any(char.isalnum() for char in plain) or len(plain) > MOST_NAME_LETTERS:
            raise OperatorError("operator_unnamed", limit=MOST_NAME_LETTERS)
        before = self._operator
        try:
            with self.database.write(plain) as tx:
                tx.audit("operator", 0, "operator_changed", before=before, account=system_user())
                self._make_services(plain)  # before anybody hears of it, and asks what waits for whom
        except BaseException:
            self._make_services(before)
            raise
        return plain

    @property
    def held(self) -> str | None:
        """Why nothing is being started ("disk_full"), or None."""
        return self.loop.held or self.outbox.held

    def start(self) -> None:
        """Begin to work in the background; harmless when repeated."""
        if self._started:
            return
        self._started = True
        self.loop.start()
        self.outbox.start()
        self._watch = threading.Thread(target=self._watch_others, name="watch-others", daemon=True)
        self._watch.start()

    def close(self, *, wait_s: float = USUAL_WAIT_S) -> None:
        """Stop working; what runs longer than wait_s seconds goes back to the queue. Nothing is lost."""
        self._unsubscribe()
        self._watch_stop.set()
        if self._watch is not None:
            self._watch.join()
        self.outbox.stop()
        self.loop.stop(wait_s=wait_s)
        self.zones.close()
        self.database.close()
        self._owner.release()
        self._logs.close()

    def __enter__(self) -> AppContext:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        is_hurry = kind is not None and issubclass(kind, KeyboardInterrupt)
        self.close(wait_s=HURRY_WAIT_S if is_hurry else USUAL_WAIT_S)

    def office(self, code: str) -> OfficeProfile:
        """An office profile by its ST.3 code; raises OfficeDataInvalid("office_unknown")."""
        formats_for(self.offices, code)
        return self.offices[code]

    def usual_languages(self, office: str) -> tuple[str, ...]:
        """Languages of an office's pages: the settings' for their own office, else the profile's."""
        if office == self.settings.office:
            return tuple(self.settings.languages)
        return self.office(office).languages

    def import_options(self, **changes: object) -> ImportOptions:
        """The settings' way of importing, with changes."""
        usual = ImportOptions(
            office=self.settings.office,
            languages=tuple(self.settings.languages),
            release=self.settings.release,
            destination=self.settings.destination,
        )
        return replace(usual, **changes)  # type: ignore[arg-type]  # checked by the dataclass itself

    def _make_services(self, who: str) -> None:
        self._operator = who
        self.capture = Capture(self.database, who, self.import_options())
        self.indexing = Indexing(self.database, who, self.offices, self.settings.keyed_twice)
        self.fields = Fields(self.database, who, self.offices)
        self.keying = KeyingActs(self.database, who, self.offices, system_user())
        self.review = Review(self.database, who)
        self.pages = Pages(self.database, who)
        self.spreads = Spreads(self.database, who)
        self.character_checks = CharacterChecks(self.database, who, self.offices)
        self.documents = Documents(self.database, who, self.offices)
        self.document_links = DocumentLinks(self.database, who, self.offices)
        self.inserting = Inserting(self.database, who)
        self.undoing = Undoing(self.database, who)
        self.divisions = Divisions(self.database, who)
        self.uploads = Uploads(self.database, who)
        self.register_service = RegisterService(
            self.database, who, self.offices, self.paths.register_staging, self._owner.path
        )

    def _kinds(self) -> tuple[IntakeKind, PageKind, SeparateKind, LinkKind, FieldsKind, PackageKind]:
        work = PageWork(
            masters=self.masters,
            derived_dir=self.paths.derived,
            tessdata_dir=tessdata_dir(),
            engine=self.settings.engine,
            formats_of=lambda office: formats_for(self.offices, office),
            limit_s=self.settings.page_limit_s,
        )
        return (
            IntakeKind(self.paths.masters, self.paths.derived),
            PageKind(work),
            SeparateKind(self.database, self.offices),
            LinkKind(self.database, self.offices, keyed_twice=self.settings.keyed_twice),
            FieldsKind(self.database, self.offices, self.paths.derived),
            PackageKind(
                self.paths,
                schemas_dir() / "dossier.schema.json",
                software(),
                self.offices,
                self.settings.destination,
            ),
        )

    def _gate(self) -> str | None:
        if self.masters.free_bytes() < self.settings.min_free_bytes:
            return "disk_full"
        return None

    def _take_over(self) -> None:
        """Give back what programs that no longer live were working on."""
        with self.database.write("machine") as tx:
            gone = dead_owners(self.paths.owners, store.running_owners(tx) - {self._owner.name})
            count = store.requeue_of_owners(tx, gone)
        self.outbox.take_over()
        forget_dead(self.paths.owners)
        if count:
            log.info("took over %s jobs", count)

    def _on_changes(self, changes: Changes) -> None:
        if "job" in changes.touched:
            self.loop.wake()
        if "outbox" in changes.touched:
            self.outbox.wake()

    def _has_company(self) -> bool:
        return sum(1 for _ in self.paths.owners.iterdir()) > 1

    def _watch_others(self) -> None:
        """Notice commits of other processes on the same home (SQLite counts them per connection)."""
        seen: int | None = None
        looks = 0
        with self.database.watch() as data_version:
            while not self._watch_stop.wait(OTHER_PROCESS_POLL_S):
                now = data_version()
                looks += 1
                if not self._has_company():
                    continue
                # Our own commits are counted too; they were published with their ids already.
                if seen is not None and now != seen:
                    self.bus.publish(Changes(origin="elsewhere"))
                seen = now
                if looks % LOOKS_PER_TAKE_OVER == 0:
                    self._take_over()


def _fast_lane(*, is_watched: bool) -> FastLane:
    """A page that arrives is shown at once, whatever the workers are at; where nobody looks, no process waits for it."""
    get_ready = get_ready_to_take_in if is_watched else None
    return FastLane(lambda: LocalRunner(1), (flow.INTAKE,), has_room_for_worker, get_ready)
