"""Settings: small, never a reason not to start, never lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.errors import OperatorError
from app.settings import (
    WORKER_BYTES,
    Settings,
    has_room_for_worker,
    load_settings,
    save_settings,
    worker_count,
)


def load(path: Path, **variables: str) -> Any:
    return load_settings(path, variables)


def test_defaults_without_a_file(tmp_path: Path) -> None:
    loaded = load(tmp_path / "settings.toml")
    assert loaded.problems == ()
    assert (loaded.settings.office, loaded.settings.workers) == ("KH", None)
    assert loaded.settings.operator
    assert list(tmp_path.iterdir()) == []


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    save_settings(path, operator="សុខា", languages=("khm", "eng"), destination=tmp_path / "ថត", theme="dark")
    settings = load(path).settings
    assert (settings.operator, settings.languages, settings.theme) == ("សុខា", ("khm", "eng"), "dark")
    assert settings.destination == tmp_path / "ថត"
    save_settings(path, destination=None)
    assert load(path).settings.destination is None
    assert load(path).settings.operator == "សុខា"


def test_variables_win_but_are_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.toml"
    save_settings(path, office="LA")
    variables = {"FOLIODESK_OFFICE": "VN", "FOLIODESK_LANGUAGES": "vie+eng", "FOLIODESK_WORKERS": "3"}
    settings = load(path, **variables).settings
    assert (settings.office, settings.languages, settings.workers) == ("VN", ("vie", "eng"), 3)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert save_settings(path, theme="dark").office == "VN"
    assert "VN" not in path.read_text()


@pytest.mark.parametrize("content", [b"office = = ", b"\xff\xfe\x00", b"\0" * 100])
def test_a_damaged_file_is_kept_and_reported_once(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    for _ in range(2):
        loaded = load(path)
        assert [each.code for each in loaded.problems] == ["settings_damaged"]
    assert loaded.settings.office == "KH"
    assert [each.name for each in tmp_path.glob("*damaged*")] == ["settings.toml.damaged-1"]
    save_settings(path, office="VN")
    assert load(path).settings.office == "VN"
    assert (tmp_path / "settings.toml.damaged-1").read_bytes() == content


def test_a_wrong_value_loses_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('office = "VN"\nworkers = "many"\nlanguages = []\n')
    loaded = load(path)
    assert (loaded.settings.office, loaded.settings.workers) == ("VN", None)
    assert [each.facts["name"] for each in loaded.problems] == ["languages", "workers"]
    assert (tmp_path / "settings.toml.damaged-1").exists()


@pytest.mark.parametrize(
    ("name", "code", "near"),
    [("operatr", "settings_name_misspelt", "operator"), ("x_ray", "settings_name_unknown", "")],
)
def test_a_name_that_is_no_setting_is_told_and_stays(tmp_path: Path, name: str, code: str, near: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f'{name} = "Sokha"\noffice = "LA"\n')
    loaded = load(path)
    assert [(each.code, each.facts) for each in loaded.problems] == [(code, {"name": name, "near": near})]
    assert loaded.settings.office == "LA"
    save_settings(path, theme="dark")
    assert name in path.read_text()
    assert [each.name for each in tmp_path.iterdir()] == ["settings.toml"]  # no copy: nothing is damaged


@pytest.mark.parametrize("content", ["office = = ", "workers = 0\n"])
def test_a_look_changes_nothing(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(content)
    assert load_settings(path, {}, only_look=True).problems
    assert [each.name for each in tmp_path.iterdir()] == ["settings.toml"]


def test_a_wrong_variable_is_reported(tmp_path: Path) -> None:
    loaded = load(tmp_path / "settings.toml", FOLIODESK_WORKERS="lots")
    assert loaded.problems[0].facts == {"name": "workers", "from_environment": True}


def test_values_of_a_newer_program_survive_saving(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('[scanner]\nname = "x"\n')
    save_settings(path, office="LA")
    assert 'name = "x"' in path.read_text()


@pytest.mark.parametrize("changes", [{"office": "Cambodia"}, {"nonsense": 1}, {"workers": 0}])
def test_a_wrong_value_is_not_saved(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = tmp_path / "settings.toml"
    with pytest.raises(OperatorError, match="settings_value_refused"):
        save_settings(path, **changes)
    assert not path.exists()


@pytest.mark.parametrize(
    ("cores", "available_bytes", "workers"),
    [(8, 16_000_000_000, 8), (8, 2_000_000_000, 3), (4, 100_000_000, 1), (1, 10**12, 1)],
)
def test_workers_are_bounded_by_cores_and_memory(cores: int, available_bytes: int, workers: int) -> None:
    assert worker_count(Settings(), cores=cores, available_bytes=available_bytes) == workers
    assert worker_count(Settings(workers=5), cores=cores, available_bytes=available_bytes) == 5
    assert worker_count(Settings()) >= 1


def test_one_worker_more_needs_as_much_room_as_any_other():
    assert has_room_for_worker(WORKER_BYTES)
    assert not has_room_for_worker(WORKER_BYTES - 1)
