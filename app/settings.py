"""The settings of a home: a small TOML file, overridden by FOLIODESK_* variables, never a reason not to start.

A damaged file is kept beside the new one and reported; a single wrong value loses only itself.
"""

from __future__ import annotations

import difflib
import getpass
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import psutil
import tomli_w
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from app.domain.field_kinds import DossierField
from app.domain.second_keying import SecondKeying, Whose
from app.errors import DiskFull, OperatorError
from ocr.errors import MachineError
from ocr.intake.masters import disk_errors
from ocr.patience import discard, open_to_read, read_bytes, replace_file

ENV_PREFIX = "FOLIODESK_"

WORKER_BYTES = 600_000_000
"""Room one worker needs: 510 MB was the peak of two workers on 40 hard pages; large scans need more."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}(_[a-z]+)?$")]


def _split_list(value: object) -> object:
    return (
        tuple(part for part in value.replace(",", "+").split("+") if part)
        if isinstance(value, str)
        else value
    )


def system_user() -> str:
    """The name the system knows whoever runs the program by."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "operator"  # a service account without a name


class Settings(BaseModel):
    """What a person may choose. workers None: as many as cores and memory allow."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    operator: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)] = Field(
        default_factory=system_user
    )
    office: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "KH"
    languages: Annotated[tuple[Language, ...], BeforeValidator(_split_list), Field(min_length=1)] = (
        "eng",
        "khm",
    )
    engine: Literal["tesserocr", "pytesseract", "fake"] = "tesserocr"
    workers: Annotated[int, Field(ge=1, le=64)] | None = None
    min_free_bytes: Annotated[int, Field(ge=0)] = 200_000_000
    page_limit_s: Annotated[float, Field(ge=1.0, le=3600.0)] = (
        300.0  # a page may take so long; old PCs are slow
    )
    destination: Path | None = None
    release: Literal["proven", "none"] = "proven"
    # Which folders a second person keys again, unseen; how many in a hundred of them; which fields.
    second_keying: Whose = "none"
    second_keying_percent: Annotated[int, Field(ge=1, le=100)] = 100
    second_keying_fields: Annotated[tuple[DossierField, ...], BeforeValidator(_split_list)] = (
        DossierField.APPLICATION_NUMBER,
    )
    theme: Literal["system", "light", "dark"] = "system"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def keyed_twice(self) -> SecondKeying:
        """What is keyed by a second person."""
        return SecondKeying(self.second_keying, self.second_keying_percent, self.second_keying_fields)


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """Something about the settings a person should know: a code and its facts."""

    code: str  # "settings_damaged", "settings_unreadable", "settings_value_refused", "settings_name_unknown" and "_misspelt"
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings in force, and what was wrong on the way."""

    settings: Settings
    problems: tuple[SettingsProblem, ...] = ()


def load_settings(
    path: Path, environment: Mapping[str, str] | None = None, *, only_look: bool = False
) -> LoadedSettings:
    """Read the file and the FOLIODESK_* variables (os.environ when none are given); never raises.

    only_look: keep no copy of a damaged file.
    """
    variables = os.environ if environment is None else environment
    values, problems = _read_file(path, only_look=only_look)
    for name in sorted(values.keys() - Settings.model_fields.keys()):
        # Perhaps of a newer version, so it stays; perhaps misspelt, so it is told.
        near = difflib.get_close_matches(name, Settings.model_fields, n=1)
        code = "settings_name_misspelt" if near else "settings_name_unknown"
        problems.append(SettingsProblem(code, {"name": name, "near": "".join(near)}))
    from_environment = {
        name: variables[ENV_PREFIX + name.upper()]
        for name in Settings.model_fields
        if variables.get(ENV_PREFIX + name.upper())
    }
    settings, refused = _validated({**values, **from_environment})
    is_damaged = bool(refused - from_environment.keys()) and not only_look
    copy = _keep_copy(path) if is_damaged else None
    for name in sorted(refused):
        where = {"from_environment": True} if name in from_environment else {"copy": copy}
        problems.append(SettingsProblem("settings_value_refused", {"name": name, **where}))
    return LoadedSettings(settings, tuple(problems))


def save_settings(path: Path, **changes: object) -> Settings:
    """Write changed values into the file, whole or not at all, and return the settings now in force.

    Values of other program versions are kept; None takes a value back to its default. Raises
    OperatorError("settings_value_refused", name=...), DiskFull and OperatorError("home_not_writable").
    """
    values, _problems = _read_file(path)
    values.update(changes)
    values = {name: value for name, value in values.items() if value is not None}
    checked, refused = _validated(values)
    if bad := sorted(refused & changes.keys()) or sorted(changes.keys() - Settings.model_fields.keys()):
        raise OperatorError("settings_value_refused", name=bad[0])
    plain = checked.model_dump(mode="json")
    for name in refused:
        del values[name]
    values.update({name: plain[name] for name in changes if name in values})
    _write(path, tomli_w.dumps(values))
    return load_settings(path).settings


def worker_count(settings: Settings, *, cores: int | None = None, available_bytes: int | None = None) -> int:
    """Say how many workers to run: the chosen number, or what cores and free memory allow, at least one."""
    if settings.workers is not None:
        return settings.workers
    if cores is None:
        cores = _usable_cores()
    if available_bytes is None:
        available_bytes = psutil.virtual_memory().available
    return max(1, min(cores, available_bytes // WORKER_BYTES))


def has_room_for_worker(available_bytes: int | None = None) -> bool:
    """Tell whether memory allows one worker more beside those that run, by the same bound as worker_count."""
    if available_bytes is None:
        available_bytes = psutil.virtual_memory().available
    return available_bytes // WORKER_BYTES >= 1


def _usable_cores() -> int:
    try:
        return len(psutil.Process().cpu_affinity() or ()) or 1
    except (AttributeError, psutil.Error):  # macOS has no affinity
        return psutil.cpu_count() or 1


def _read_file(path: Path, *, only_look: bool = False) -> tuple[dict[str, Any], list[SettingsProblem]]:
    try:
        with open_to_read(path) as source:
            return tomllib.load(source), []
    except FileNotFoundError:
        return {}, []
    except OSError as exc:
        return {}, [SettingsProblem("settings_unreadable", {"path": str(path), "reason": exc.strerror or ""})]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        copy = None if only_look else _keep_copy(path)
        return {}, [SettingsProblem("settings_damaged", {"path": str(path), "copy": copy})]


def _validated(values: dict[str, Any]) -> tuple[Settings, set[str]]:
    """Validate; on errors leave the wrong values out and return their names too."""
    try:
        return Settings.model_validate(values), set()
    except ValidationError as exc:
        refused = {str(error["loc"][0]) for error in exc.errors() if error["loc"]}
    return Settings.model_validate({k: v for k, v in values.items() if k not in refused}), refused


def _keep_copy(path: Path) -> str | None:
    """Keep the damaged file as settings.toml.damaged-<n>; the same damage is kept once."""
    number = 1
    try:
        content = read_bytes(path)
        while (copy := path.with_name(f"{path.name}.damaged-{number}")).exists():
            if read_bytes(copy) == content:
                return str(copy)
            number += 1
        with copy.open("xb") as target:
            target.write(content)
    except OSError:
        return None  # the original still lies there; saving will try again
    return str(copy)


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("w", encoding="utf-8", newline="\n") as target:
                target.write(text)
                target.flush()
                os.fsync(target.fileno())
            replace_file(temporary, path)
    except MachineError as exc:
        if exc.code == "disk_full":
            raise DiskFull("disk_full", retryable=True, where=str(path)) from exc
        raise OperatorError("home_not_writable", path=str(path.parent)) from exc
    finally:
        discard(temporary)
