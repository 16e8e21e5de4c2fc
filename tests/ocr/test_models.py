"""Recognition models: proven before use, found wherever the program lies, and told by name when they are not."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from ocr.engines.models import model_names, readable_directory, require_models
from ocr.engines.protocol import RecognizeOptions
from ocr.engines.registry import open_engine
from ocr.errors import EngineUnavailable
from tests.helpers.drawn_pages import TESSDATA, text_page


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A directory of models with its sums, named in letters that no code page of Latin script has."""
    directory = tmp_path / "ម៉ូដែល ភាសា"
    directory.mkdir()
    for name in ("eng.traineddata", "SHA256SUMS"):
        shutil.copy(TESSDATA / name, directory)
    return directory


def trouble_of(directory: Path, *languages: str) -> EngineUnavailable:
    with pytest.raises(EngineUnavailable) as told:
        require_models(directory, languages)
    return told.value


def test_shipped_models_are_whole() -> None:
    require_models(TESSDATA, [name for name in model_names(TESSDATA) if name != "osd"])


def test_a_missing_model_is_told_by_its_file_and_may_come_back(models: Path) -> None:
    trouble = trouble_of(models, "eng", "khm")
    assert (trouble.code, trouble.retryable) == ("language_missing", True)
    assert trouble.facts == {"language": "khm", "file": str(models / "khm.traineddata")}
    assert "khm" in model_names(models)
    shutil.copy(TESSDATA / "khm.traineddata", models)
    require_models(models, ("eng", "khm"))


def test_one_changed_byte_is_damage(models: Path) -> None:
    model = models / "eng.traineddata"
    require_models(models, ("eng",))
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    trouble = trouble_of(models, "eng")
    assert (trouble.code, trouble.retryable) == ("model_damaged", True)
    assert trouble.facts["file"] == str(model)


@pytest.mark.parametrize("content", [b"", b"\0" * 1000, b"not a model " * 100])
def test_rubbish_is_damage(models: Path, content: bytes) -> None:
    (models / "eng.traineddata").write_bytes(content)
    assert trouble_of(models, "eng").code == "model_damaged"


def test_a_model_of_the_users_own_need_only_be_there(models: Path) -> None:
    (models / "tlh.traineddata").write_bytes(b"a model we know no sum of")
    require_models(models, ("tlh",))
    (models / "SHA256SUMS").unlink()
    require_models(models, ("eng", "tlh"))
    assert model_names(models) == ("eng", "tlh")


@pytest.mark.engine
def test_models_are_found_below_letters_of_any_script(models: Path) -> None:
    before = Path.cwd()
    words = open_engine("tesserocr", models).recognize(text_page(), RecognizeOptions(("eng",), dpi=150))
    assert [word.text for word in words][:3] == ["The", "applicant", "requests"]
    assert Path.cwd() == before


@pytest.mark.engine
def test_a_damaged_model_of_no_known_sum_is_told(models: Path) -> None:
    (models / "tlh.traineddata").write_bytes(b"not a model " * 100)
    with pytest.raises(EngineUnavailable, match="model_damaged"):
        open_engine("tesserocr", models).recognize(text_page(), RecognizeOptions(("tlh",), dpi=150))


def test_a_plain_name_is_given_as_it_is() -> None:
    with readable_directory(Path("/plain")) as place:
        assert place == str(Path("/plain"))


@pytest.mark.skipif(sys.platform != "win32", reason="other systems open names in UTF-8")
def test_a_name_beyond_the_code_page_is_given_in_plain_letters(models: Path) -> None:
    with readable_directory(models) as place:
        assert place.isascii()
        assert (Path(place) / "eng.traineddata").is_file()
