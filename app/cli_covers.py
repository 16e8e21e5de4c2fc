"""`foliodesk covers`: its options."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli_options import HomeOption, JsonOption, OfficeOption, shown
from app.commands.covers_port import WriteCovers
from app.commands.output import Words
from app.errors import OperatorError


class Patch(StrEnum):
    """Patch codes that separate."""

    T = "T"
    TWO = "2"
    THREE = "3"


class Layout(StrEnum):
    """How many go on a page of A4."""

    ONE = "one"
    TWO = "two"
    FOUR = "four"
    LABELS = "labels"


def add_covers(commands: typer.Typer, words: Words, write: WriteCovers | None) -> None:
    """`foliodesk covers`."""

    @commands.command()
    def covers(
        context: typer.Context,
        numbers: Annotated[
            list[str] | None,
            typer.Argument(help="Application numbers, or ranges such as KH/P/2018/00001..00020."),
        ] = None,
        out: Annotated[Path, typer.Option(help="The PDF to write.")] = Path("covers.pdf"),
        home: HomeOption = None,
        office: OfficeOption = None,
        pull_list: Annotated[
            Path | None,
            typer.Option("--list", help="Pull list: CSV, XLSX or text; columns number, volume, sheets."),
        ] = None,
        layout: Annotated[
            Layout, typer.Option(help="Sheets on a page of A4; labels are stuck on the folders' own covers.")
        ] = Layout.ONE,
        known_only: Annotated[
            bool, typer.Option("--known", help="Only numbers that the register has.")
        ] = False,
        volume: Annotated[str, typer.Option(help="Volume of the numbers typed, such as 1/2.")] = "",
        sheets: Annotated[
            int | None,
            typer.Option(min=1, max=9999, help="Sheets in each folder typed, to be counted at scanning."),
        ] = None,
        document: Annotated[
            str | None, typer.Option(help="Document sheets with this type code instead of covers.")
        ] = None,
        dated: Annotated[str, typer.Option(help="With --document: its date, YYYY-MM-DD.")] = "",
        patch: Annotated[Patch | None, typer.Option(help="Plain Patch sheets instead of covers.")] = None,
        copies: Annotated[int, typer.Option(min=1, max=500, help="How many of each.")] = 1,
        json: JsonOption = False,
    ) -> int:
        """Write cover, document or Patch sheets to a PDF, to be printed and put between folders."""
        from app.commands.covers import CoversCall, run_covers

        if write is None:
            raise OperatorError("no_window")
        call = CoversCall(
            numbers=tuple(numbers or ()),
            out=out,
            home=home or context.obj,
            office=office,
            pull_list=pull_list,
            layout=layout.value,
            volume=volume,
            sheets=sheets,
            document=document,
            dated=dated,
            patch=None if patch is None else patch.value,
            copies=copies,
            known_only=known_only,
        )
        return run_covers(call, write, as_json=json, words=words, out=shown)
