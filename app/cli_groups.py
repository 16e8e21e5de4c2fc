"""Commands that look after what the line needs: packs of offices, the register, logins of shares."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli_options import HomeOption, JsonOption, OfficeOption, screen, shown
from app.commands.output import Words
from app.ending import Ending

ShareArgument = Annotated[
    str, typer.Argument(help="Share of the office: \\\\server\\share.", metavar="SHARE")
]


class Dates(StrEnum):
    """How a register writes dates in digits."""

    AUTO = "auto"
    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"
    MIXED = "mixed"


def add_office(commands: typer.Typer, words: Words) -> None:
    """`foliodesk office`."""
    group = typer.Typer(
        help="Packs of office profiles: number forms, document types, captions.", no_args_is_help=True
    )
    commands.add_typer(group, name="office")

    @group.command("list")
    def list_(context: typer.Context, home: HomeOption = None) -> int:
        """Show the packs of the program and of the home, with version and where they are from."""
        from app.commands.office import list_offices

        return list_offices(home or context.obj, words=words, out=shown)

    @group.command()
    def check(
        context: typer.Context,
        file: Annotated[Path | None, typer.Argument(help="A pack; else all that are there.")] = None,
        home: HomeOption = None,
    ) -> int:
        """Prove packs against themselves and each other; nothing is kept."""
        from app.commands.office import check_offices

        return check_offices(home or context.obj, file, words=words, out=shown)

    @group.command()
    def export(
        context: typer.Context,
        office: Annotated[str, typer.Argument(help="ST.3 code of the office, such as KH.")],
        file: Annotated[Path, typer.Argument(help="The new file, or a directory for it.")],
        home: HomeOption = None,
    ) -> int:
        """Write the pack in force for an office into a file, for another office."""
        from app.commands.office import export_office

        return export_office(home or context.obj, office, file, out=shown)

    @group.command("import")
    def import_(
        context: typer.Context,
        file: Annotated[Path, typer.Argument(help="A pack from another office.")],
        home: HomeOption = None,
        replace: Annotated[
            bool,
            typer.Option("--replace", help="Also in place of a newer one, or of another of that version."),
        ] = False,
    ) -> int:
        """Take a pack into the home, where it goes before the one that ships; proven wholly first."""
        from app.commands.office import import_office

        return import_office(home or context.obj, file, replace=replace, out=shown)


def add_register(commands: typer.Typer, words: Words, ending: Ending) -> None:
    """`foliodesk register`."""
    group = typer.Typer(help="The offline copy of the office's register.", no_args_is_help=True)
    commands.add_typer(group, name="register")

    @group.command("import")
    def import_(
        context: typer.Context,
        file: Annotated[Path, typer.Argument(help="Register extract: CSV or XLSX.")],
        home: HomeOption = None,
        office: OfficeOption = None,
        mapping: Annotated[
            str | None,
            typer.Option("--map", help="Columns, such as number=A,title=2,applicant=Owner,date=D."),
        ] = None,
        dates: Annotated[Dates, typer.Option(help="How dates in digits are written.")] = Dates.AUTO,
        delta: Annotated[
            bool, typer.Option("--delta", help="Only changes: numbers the file lacks stay.")
        ] = False,
        smaller: Annotated[
            bool, typer.Option("--smaller", help="The register may hold far fewer numbers than before.")
        ] = False,
        errors: Annotated[
            Path | None, typer.Option("--errors", help="Save the lines that need a look as CSV.")
        ] = None,
        json: JsonOption = False,
    ) -> int:
        """Replace an office's register by an extract, or bring changes into it."""
        from app.commands.register import ImportCall, import_register

        call = ImportCall(file, home or context.obj, office, mapping, dates.value, delta, smaller, errors)
        return import_register(call, as_json=json, words=words, screen=screen, ending=ending)

    @group.command("show")
    def show(
        context: typer.Context,
        number: Annotated[
            str | None, typer.Argument(help="A number in any spelling, or the beginning of a name.")
        ] = None,
        home: HomeOption = None,
        office: OfficeOption = None,
        json: JsonOption = False,
    ) -> int:
        """Say what is in force and how old it is, or what the register knows of a number."""
        from app.commands.register import show_register

        return show_register(
            home or context.obj, number, office, as_json=json, words=words, screen=shown, ending=ending
        )


def add_login(commands: typer.Typer) -> None:
    """`foliodesk login` and `logout`."""

    @commands.command()
    def login(
        share: ShareArgument,
        user: Annotated[
            str | None, typer.Option("--user", help="Name there; else the one kept, else yours.")
        ] = None,
    ) -> int:
        """Keep name and password of a share in the vault of Windows; the password is asked for."""
        from app.commands.login import log_in

        return log_in(share, user, screen=screen)

    @commands.command()
    def logout(share: ShareArgument) -> int:
        """Forget name and password of a share."""
        from app.commands.login import log_out

        return log_out(share, screen=screen)
