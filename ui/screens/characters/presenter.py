"""The wall as decided: which group is in front, what is marked, what Enter keeps, what is taken back.

Nothing is linked here. What is marked goes back to a person by app.services.character_checks, in a write of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.domain.field_typing import latin_digits
from ui import texts
from ui.desk import Desk
from ui.screens.characters.cutting import Cutting
from ui.screens.characters.glyphs import Glyph, beside, groups_of, least_sure_first, name_of
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone

if TYPE_CHECKING:
    from app.services.character_checks import CharacterSaid, CharactersKept, TakenBack
    from ui.screens.indexing.view import IndexingView


OVERTAKEN = "check_overtaken"
FIRST_ROWS = 40
"""So many are put in order while they come; then they are being looked at."""


class WallPresenter(QObject):
    """Decides for the wall of an IndexingView."""

    def __init__(self, desk: Desk, screen: IndexingView) -> None:
        super().__init__(screen)
        self._desk = desk
        self._screen = screen
        self._view = screen.wall
        self._cutting = Cutting(desk, self)
        self._glyphs: dict[int, Glyph] = {}
        self._char = ""
        self._marks: dict[int, str] = {}
        self._history: list[tuple[CharactersKept, tuple[Glyph, ...], str]] = []
        self._pending: deque[tuple[tuple[Glyph, ...], str]] = deque()  # being written, in this order
        self._is_cutting = self._has_done = self._undo_waits = self._is_taking_back = False
        wall = self._view.wall
        screen.characters_asked.connect(self.open)
        self._view.left.connect(self.close)
        self._view.groups.picked.connect(self._show)
        wall.group_moved.connect(self._on_group_moved)
        wall.marked.connect(self._on_marked)
        wall.unmarked.connect(self._on_unmarked)
        wall.accepted.connect(self._on_enter)
        wall.looked.connect(self._tell_marked)
        wall.undo_asked.connect(self._on_undo)
        wall.opened.connect(self._on_opened)
        wall.chosen.connect(self._on_chosen)
        self._cutting.came.connect(self._on_came)
        self._cutting.ended.connect(self._on_ended)
        self._cutting.failed.connect(self._on_failed)

    def open(self) -> None:
        """Show the wall in the place of the folder."""
        self._glyphs, self._marks, self._char = {}, {}, ""
        self._has_done = False
        self._is_cutting = True
        self._view.model.replace(())
        self._view.say_empty("search", "wall.reading", t("wall.reading_text"), is_over=False)
        self._screen.show_wall(True)
        self._view.focus_wall()
        self._cutting.begin()

    def close(self) -> None:
        """Back to the folder in front."""
        self._cutting.stop()
        self._view.model.replace(())
        self._screen.show_wall(False)
        self._screen.focus_number()

    def _on_came(self, glyphs: list[Glyph]) -> None:
        self._glyphs.update((each.id, each) for each in glyphs)
        if not self._char:
            self._show(beside(groups_of(self._glyphs.values()), "", 1))
            return
        if not self._is_begun and self._view.model.rowCount() < FIRST_ROWS:
            self._show(self._char)
            return
        # Behind what is being looked at already: nothing may move under the eyes.
        self._view.model.append(least_sure_first(each for each in glyphs if each.char == self._char))
        self._tell()

    def _on_ended(self) -> None:
        self._is_cutting = False
        self._tell()
        if not self._glyphs:
            self._say_done()
        elif not self._is_begun:
            self._show(self._char)

    def _on_failed(self, failure: Failure) -> None:
        self._is_cutting = False
        self._desk.notices.failure(failure)
        if not self._glyphs:
            self._say_done()

    def _show(self, char: str) -> None:
        """Bring a group to the front, least sure first."""
        if not char:
            self._say_done()
            return
        self._char = char
        rows = least_sure_first(each for each in self._glyphs.values() if each.char == char)
        self._view.model.replace(())
        self._view.wall.look_anew()
        self._view.model.replace(rows)
        self._tell()
        self._view.wall.go_to(0)
        if self._view.isVisible():
            self._view.focus_wall()

    def _say_done(self) -> None:
        self._char = ""
        self._view.model.replace(())
        uncut = t("wall.uncut", n=self._cutting.uncut) if self._cutting.uncut else ""
        if self._has_done:
            self._view.say_empty("check", "wall.done", " ".join((t("wall.done_text"), uncut)).strip())
        else:
            self._view.say_empty("search", "wall.none", " ".join((t("wall.none_text"), uncut)).strip())
        self._view.show_progress("")
        if self._view.isVisible():
            self._view.focus_wall()

    def _tell(self) -> None:
        if self._char:
            self._view.show_group(groups_of(self._glyphs.values()), self._char)
        parts = [t("wall.cutting", n=self._cutting.waiting)] if self._is_cutting else []
        parts += [t("wall.uncut", n=self._cutting.uncut)] if self._cutting.uncut else []
        self._view.show_progress(" · ".join(parts))
        self._view.wall.show_marks(self._marks)
        self._tell_marked()

    def _tell_marked(self) -> None:
        if self._char:
            self._view.show_marked(len(self._marked_here()), len(self._unshown()))

    @property
    def _is_begun(self) -> bool:
        """True once a person has moved or marked something in the group in front."""
        return self._view.wall.currentIndex().row() > 0 or bool(self._marked_here())

    def _unshown(self) -> list[int]:
        return self._view.wall.unshown(self._view.model.ids)

    def _marked_here(self) -> list[int]:
        return [each for each in self._view.model.ids if each in self._marks]

    def _on_chosen(self) -> None:
        glyph = self._view.wall.current()
        self._view.show_glyph(glyph, "" if glyph is None else about(glyph))

    def _on_group_moved(self, by: int) -> None:
        self._show(beside(groups_of(self._glyphs.values()), self._char, by))

    def _on_marked(self, put: str) -> None:
        """Space: wrong, and again: not; a character: what it is. The frame goes on after a character."""
        glyph = self._view.wall.current()
        if glyph is None:
            return
        if put in (glyph.char, latin_digits(glyph.char)) or (not put and glyph.id in self._marks):
            self._marks.pop(glyph.id, None)
        else:
            self._marks[glyph.id] = put
        self._tell()
        if put:
            self._view.wall.go_to(self._view.wall.currentIndex().row() + 1)

    def _on_unmarked(self) -> None:
        glyph = self._view.wall.current()
        if glyph is not None:
            self._marks.pop(glyph.id, None)
            self._tell()

    def _on_enter(self) -> None:
        """On to what nobody has seen of the group; where all of it was in view, it is accepted.

        An Enter right after something came into view was meant for what stood there before.
        """
        wall = self._view.wall
        unshown = self._unshown()
        if wall.is_fresh:
            return
        if unshown:
            wall.turn_to(unshown[0])
        else:
            self._accept()

    def _accept(self) -> None:
        """All of the group that is shown: right as read, but for those marked."""
        from app.services.character_checks import CharacterSaid

        shown = [self._glyphs[each] for each in self._view.model.ids if each in self._glyphs]
        if not shown:
            return
        said = [
            CharacterSaid(
                each.text.dossier_id,
                each.text.what,
                each.text.page_id,
                each.text.printed,
                each.place,
                self._marks.get(each.id),
            )
            for each in shown
        ]
        # Of a text with a wrong character all others go too: it is another one from now on.
        doubted = {each.text.key for each in shown if each.id in self._marks}
        others = [each for each in self._glyphs.values() if each.text.key in doubted and each not in shown]
        gone = (*shown, *others)
        char = self._char
        for each in gone:
            self._glyphs.pop(each.id, None)
            self._marks.pop(each.id, None)
        self._has_done = True
        self._show(beside(groups_of(self._glyphs.values()), char, 1))
        self._pending.append((gone, char))
        self._desk.tasks.write(partial(self._kept, said, gone, char), self._on_kept, self._on_refused)

    def _kept(
        self, said: Sequence[CharacterSaid], gone: tuple[Glyph, ...], char: str
    ) -> tuple[CharactersKept, tuple[Glyph, ...], str]:
        return self._desk.context.character_checks.keep(said), gone, char

    def _on_kept(self, done: tuple[CharactersKept, tuple[Glyph, ...], str]) -> None:
        self._pending.popleft()
        self._history.append(done)
        kept, _, char = done
        words = [t("wall.kept", n=len(kept.seen), char=name_of(char))]
        doubted = len(kept.numbers) + len(kept.fields)
        words += [t("wall.sent_back", n=doubted)] if doubted else []
        words += [t("wall.outdated", n=kept.outdated)] if kept.outdated else []
        self._desk.notices.say(" ".join(words), Tone.CARE if doubted else Tone.GOOD)
        if self._undo_waits:
            self._on_undo()

    def _on_refused(self, failure: Failure) -> None:
        self._desk.notices.failure(failure)
        self._put_back(*self._pending.popleft())

    def _put_back(self, glyphs: tuple[Glyph, ...], char: str) -> None:
        """Show characters again that were thought to be done with."""
        self._glyphs.update((each.id, each) for each in glyphs)
        if self._view.isVisible():
            self._show(char)

    def _on_undo(self) -> None:
        self._undo_waits = bool(self._pending) or self._is_taking_back  # for what is still being written
        if self._undo_waits:
            return
        if not self._history:
            self._desk.notices.say(t("wall.nothing_to_undo"), Tone.CARE)
            return
        self._is_taking_back = True
        self._desk.tasks.write(
            partial(self._taken_back, self._history[-1][0]), self._on_taken_back, self._on_not_taken_back
        )

    def _taken_back(self, kept: CharactersKept) -> TakenBack:
        return self._desk.context.character_checks.take_back(kept)

    def _on_taken_back(self, taken: TakenBack) -> None:
        _, glyphs, char = self._history.pop()
        words = [t("wall.undone", char=name_of(char))]
        words += [t("wall.left", names=", ".join(taken.names))] if taken.names else []
        self._desk.notices.say(" ".join(words), Tone.CARE if taken.names else Tone.ACCENT)
        left = {(int(dossier_id), what.value) for dossier_id, what in taken.left}
        self._put_back(tuple(each for each in glyphs if each.text.key not in left), char)
        self._go_on_taking_back()

    def _on_not_taken_back(self, failure: Failure) -> None:
        """What failed is tried again by the next Ctrl Z, but for what can never be taken back."""
        self._desk.notices.failure(failure)
        if failure.code == OVERTAKEN:
            self._history.pop()
        self._undo_waits = False
        self._go_on_taking_back()

    def _go_on_taking_back(self) -> None:
        self._is_taking_back = False
        if self._undo_waits:
            self._on_undo()

    def _on_opened(self) -> None:
        """Look at the whole folder of the character in the frame."""
        glyph = self._view.wall.current()
        if glyph is not None:
            self.close()
            self._screen.asks_for.emit("review" if glyph.text.is_bound else "indexing", glyph.text.dossier_id)


def about(glyph: Glyph) -> str:
    """What is known of a character: folder, which text, how surely it was read."""
    text = glyph.text
    parts = [
        text.dossier_name,
        f"{texts.explain('field', text.what.value)} {text.canonical}",
        t("index.sure", percent=round(max(0.0, glyph.sureness) * 100)),
    ]
    if text.is_bound:
        parts.append(t("wall.spot_check"))
    return " · ".join(parts)
