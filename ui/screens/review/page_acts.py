"""What a reviewer does to pages: how far it reaches, what it changes, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.ids import DossierId, PageId
from app.queries.rows import PageDetail
from ocr.types import Box
from ui.desk import Desk
from ui.screens.folder_borders import FoldersDone, cut_here, join_before
from ui.screens.review.page_words import has_proposed_turn, page_facts, page_reasons
from ui.screens.review.scope import Scope, pages_in
from ui.screens.review.view import ReviewView
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone

if TYPE_CHECKING:
    from app.services.pages import EditChange, EditsBefore
    from app.services.readings import ReadingBefore
    from app.services.spreads import SpreadMerge, SpreadSplit

KEPT_ACTS = 100
# Readings kept for taking back, of all acts together: a kilobyte or two each. The last act is kept whatever it holds.
KEPT_READINGS = 2000
# A slider that is held tells every step; only where it comes to rest is written.
BRIGHTNESS_REST_MS = 500


@dataclass(frozen=True, slots=True)
class _Done:
    """An act that was done: what to say, how to take it back (None: it cannot be), and readings kept for that."""

    words: str
    undo: Callable[[], object] | None
    readings: int = 0


class PageActs(QObject):
    """Acts on pages for ReviewPresenter. Every act is one transaction in a thread."""

    wanted = Signal(int)  # dossier: the one to have in front
    worked_on = Signal(int)  # dossier: it is read again now and comes back by itself

    def __init__(self, desk: Desk, view: ReviewView, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._view = view
        self._done: list[_Done] = []
        self._taking_back: _Done | None = None
        self._brightness: tuple[tuple[PageId, ...], int] | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(BRIGHTNESS_REST_MS)
        self._rest.timeout.connect(self.write_brightness)
        self._wire()

    def _wire(self) -> None:
        view = self._view
        view.turn_asked.connect(self._on_turn)
        view.neighbours_asked.connect(self._on_neighbours)
        view.again_asked.connect(self._on_again)
        view.blank_asked.connect(self._on_blank)
        view.straighten_asked.connect(self._on_straighten)
        view.crop_asked.connect(self._on_crop)
        view.split_asked.connect(self._on_split)
        view.cut_asked.connect(self._on_cut)
        view.join_asked.connect(self._on_join)
        view.language_asked.connect(self._on_language)
        view.undo_asked.connect(self._on_undo)
        view.adjust.straightened.connect(self._on_straightened)
        view.adjust.cropped.connect(self._on_cropped)
        view.adjust.given_back.connect(self._on_given_back)
        view.languages.taken.connect(self._on_languages)
        view.page_facts.brightness_wanted.connect(self._on_brightness)
        view.scope.chosen.connect(self._on_scope)
        view.tiles.picks_changed.connect(self._on_picks)
        view.viewer.page_shown.connect(self._on_page)
        view.hidden.connect(self.write_brightness)

    def renew(self) -> None:
        """Say again what is known of the page shown and how many pages each reach means."""
        shown = self._view.viewer.detail
        self._view.scope.show_counts({scope.value: len(self._reach(scope)) for scope in Scope})
        if shown is None:
            self._view.page_facts.show_words("", "", is_remarkable=False)
            return
        summary = shown.summary
        is_remarkable = bool(summary.quality or summary.attention or summary.may_be_two)
        self._view.page_facts.show_words(page_facts(shown), page_reasons(shown), is_remarkable=is_remarkable)
        if self._brightness is None:
            self._view.page_facts.show_brightness(shown.edits.brightness or 0)

    def forget_picks(self) -> None:
        """Another folder is shown: nothing of it is picked, and acts reach the page shown."""
        self.write_brightness()
        self._view.adjust.leave()
        self._view.tiles.pick(())
        self._view.scope.choose(Scope.THIS.value)

    def write_brightness(self) -> None:
        """Keep the brightness a page came to rest at."""
        self._rest.stop()
        if self._brightness is not None:
            (page_ids, brightness), self._brightness = self._brightness, None
            from app.services.pages import EditChange

            change = EditChange(brightness=brightness)
            self._edit(page_ids, change, t("acts.brightness", n=len(page_ids)), is_quiet=True)

    # --- reach -------------------------------------------------------------------------------------------

    def _reach(self, scope: Scope | None = None) -> tuple[PageId, ...]:
        shown = self._view.viewer.detail
        wanted = scope or Scope(self._view.scope.current)
        shown_id = None if shown is None else shown.summary.id
        return pages_in(wanted, self._view.pages.rows, shown_id, self._view.tiles.picked)

    def _on_scope(self, _name: str) -> None:
        self._view.focus_pages()

    def _on_picks(self) -> None:
        has_picks = bool(self._view.tiles.picked)
        if has_picks or self._view.scope.current == Scope.SELECTED.value:
            self._view.scope.choose((Scope.SELECTED if has_picks else Scope.THIS).value)
        self.renew()

    def _on_page(self, _detail: PageDetail) -> None:
        self.write_brightness()
        self._view.adjust.leave()
        self.renew()

    # --- acts --------------------------------------------------------------------------------------------

    def _on_turn(self, by_deg: int) -> None:
        from app.services.pages import EditChange

        # Turning what is seen to the right means that its content lay turned to the left.
        reached = self._reach()
        self._edit(reached, EditChange(turn_by_deg=-by_deg % 360), t("acts.turned", n=len(reached)))

    def _on_neighbours(self) -> None:
        """Turn what of the pages reached has such a proposal; the service looks at what it is by then."""
        reached = set(self._reach())
        proposed = [row.id for row in self._view.pages.rows if row.id in reached and has_proposed_turn(row)]
        if not proposed:
            self._desk.notices.say(t("acts.no_neighbours"), Tone.CARE)
            return
        self._say_worked_on()
        call = partial(self._turned_like_neighbours, tuple(proposed))
        self._desk.tasks.write(call, self._on_done, self._on_failed)

    def _turned_like_neighbours(self, page_ids: tuple[PageId, ...]) -> _Done:
        pages = self._desk.context.pages
        before: tuple[EditsBefore, ...] = pages.turn_like_neighbours(page_ids)
        if not before:
            return _Done(t("acts.no_neighbours"), None)  # decided or read again meanwhile
        return _Done(t("acts.turned_like_neighbours", n=len(before)), partial(pages.restore, before))

    def _on_blank(self) -> None:
        from app.services.pages import EditChange

        shown = self._view.viewer.detail
        if shown is not None:
            reached, wanted = self._reach(), not shown.summary.is_blank
            words = t("acts.blank" if wanted else "acts.not_blank", n=len(reached))
            self._edit(reached, EditChange(is_blank=wanted), words)

    def _on_again(self) -> None:
        reached = self._reach()
        if reached:
            self._say_worked_on()
            call = partial(self._read_again, reached)
            self._desk.tasks.write(call, self._on_done, self._on_failed)

    def _read_again(self, page_ids: Sequence[PageId]) -> _Done:
        pages = self._desk.context.pages
        before: tuple[ReadingBefore, ...] = pages.reprocess(page_ids)
        undo = partial(pages.restore_readings, before) if before else None
        return _Done(t("acts.read_again", n=len(page_ids)), undo, len(before))

    def _on_straighten(self) -> None:
        shown = self._straightened_page()
        if shown is not None:
            self._view.adjust.straighten(shown.applied_skew_deg)

    def _on_straightened(self, by_deg: float) -> None:
        from app.services.pages import EditChange

        reached = self._reach()
        if by_deg:
            self._edit(reached, EditChange(skew_by_deg=by_deg), t("acts.straightened", n=len(reached)))
        self._view.focus_pages()

    def _on_crop(self) -> None:
        shown = self._straightened_page()
        if shown is not None:
            space = (shown.width_px, shown.height_px)
            seen = None if shown.page_box is None else shown.page_box.box
            self._view.adjust.crop(shown.edits.box or seen or Box(0, 0, *space), space)

    def _on_cropped(self, box: Box) -> None:
        from app.services.pages import EditChange

        reached = self._reach()
        self._edit(reached, EditChange(box=box), t("acts.cropped", n=len(reached)))
        self._view.focus_pages()

    def _on_given_back(self, name: str) -> None:
        from app.services.pages import EditChange

        reached = self._reach()
        words = t("acts.uncropped" if name == "box" else "acts.unstraightened", n=len(reached))
        self._edit(reached, EditChange(given_back=frozenset({name})), words)
        self._view.focus_pages()

    def _on_language(self) -> None:
        shown = self._view.viewer.detail
        if shown is not None:
            self._view.languages.ask(shown.edits.languages or shown.languages)

    def _on_languages(self, languages: tuple[str, ...]) -> None:
        from app.services.pages import EditChange

        reached = self._reach()
        self._edit(reached, EditChange(languages=languages), t("acts.languages", n=len(reached)))
        self._view.focus_pages()

    def _on_brightness(self, brightness: int) -> None:
        reached = self._reach()
        if reached:
            self._view.viewer.set_brightness(brightness)
            self._brightness = (reached, brightness)
            self._rest.start()

    def _on_split(self) -> None:
        shown = self._view.viewer.detail
        if shown is None:
            return
        self._say_worked_on()
        call = partial(self._merged if shown.is_half else self._split, shown)
        self._desk.tasks.write(call, self._on_done, self._on_failed)

    def _split(self, shown: PageDetail) -> _Done:
        spreads = self._desk.context.spreads
        split: SpreadSplit = spreads.split(shown.summary.id)
        undo = partial(spreads.merge, split.before.page_id, split.before.edits)
        return _Done(t("acts.split", page=shown.summary.number), undo)

    def _merged(self, shown: PageDetail) -> _Done:
        spreads = self._desk.context.spreads
        merged: SpreadMerge = spreads.merge(shown.summary.id)
        return _Done(t("acts.merged"), partial(spreads.unmerge, merged))

    def _on_cut(self) -> None:
        shown = self._view.viewer.detail
        if shown is not None:
            self._say_worked_on()
            call = partial(cut_here, self._desk.context.divisions, shown)
            self._desk.tasks.write(call, self._on_folders, self._on_failed)

    def _on_join(self) -> None:
        shown = self._view.viewer.detail
        if shown is not None:
            self._say_worked_on()
            call = partial(join_before, self._desk.context.divisions, shown)
            self._desk.tasks.write(call, self._on_folders, self._on_failed)

    def _on_folders(self, done: FoldersDone) -> None:
        """Both folders stay in the list while they are looked at again."""
        for dossier_id in done.dossier_ids:
            self.worked_on.emit(dossier_id)
        self.wanted.emit(done.front)
        self._on_done(_Done(done.words, done.undo))

    def _straightened_page(self) -> PageDetail | None:
        """The page shown, with its straightened picture in sight: boxes and angles are meant on that."""
        from ui.widgets.page_viewer import Shown

        viewer = self._view.viewer
        if viewer.detail is None or viewer.detail.viewing_path is None:
            self._desk.notices.say(t("acts.not_read_yet"), Tone.CARE)
            return None
        if viewer.is_original:
            viewer.show_side(Shown.STRAIGHTENED)
        return viewer.detail

    # --- doing and taking back ---------------------------------------------------------------------------

    def _edit(
        self, page_ids: Sequence[PageId], change: EditChange, words: str, *, is_quiet: bool = False
    ) -> None:
        if not page_ids:
            return
        if not is_quiet:
            self._say_worked_on()
        self._desk.tasks.write(
            partial(self._edited, tuple(page_ids), change, "" if is_quiet else words),
            self._on_done,
            self._on_failed,
        )

    def _edited(self, page_ids: tuple[PageId, ...], change: EditChange, words: str) -> _Done:
        pages = self._desk.context.pages
        before: tuple[EditsBefore, ...] = pages.edit(page_ids, change)
        if not before:
            return _Done(words and t("acts.no_change"), None)
        return _Done(words, partial(pages.restore, before))

    def _say_worked_on(self) -> None:
        shown = self._view.viewer.detail
        if shown is not None:
            self.worked_on.emit(DossierId(shown.summary.dossier_id))

    def _on_done(self, done: _Done) -> None:
        if done.undo is not None:
            self._done.append(done)
            self._forget_oldest()
        if done.words:
            hint = f" {t('acts.undo_hint')}" if done.undo is not None else ""
            self._desk.notices.say(f"{done.words}{hint}")
        if self._view.scope.current != Scope.SELECTED.value:
            # Whoever has just changed all pages does not expect the next key to do so too.
            self._view.scope.choose(Scope.THIS.value)

    def _forget_oldest(self) -> None:
        del self._done[:-KEPT_ACTS]
        while len(self._done) > 1 and sum(each.readings for each in self._done) > KEPT_READINGS:
            del self._done[0]

    def _on_undo(self) -> None:
        self.write_brightness()
        if not self._done:
            self._desk.notices.say(t("acts.nothing_to_undo"), Tone.CARE)
            return
        self._say_worked_on()
        last = self._taking_back = self._done.pop()
        self._desk.tasks.write(partial(self._undone, last), self._on_undone, self._on_undo_failed)

    def _undone(self, done: _Done) -> _Done:
        assert done.undo is not None
        done.undo()
        return done

    def _on_undone(self, done: _Done) -> None:
        self._desk.notices.good(t("acts.undone", what=done.words or t("acts.brightness_plain")))

    def _on_undo_failed(self, failure: Failure) -> None:
        if failure.code == "stack_waits" and self._taking_back is not None:
            self._done.append(self._taking_back)  # it can be taken back once all files are read
        self._on_failed(failure)

    def _on_failed(self, failure: Failure) -> None:
        self._desk.notices.failure(failure)
