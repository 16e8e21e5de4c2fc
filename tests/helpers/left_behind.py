"""What a home and a drop folder must look like when all work is done, however often it was interrupted."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path

import bagit

from tests.helpers.real_program import Site, sha256_of

# Left in the drop folder besides packages and receipts: our marker and locks; a receipt that was being
# written when the program was killed.
OWN_FILES = ("foliodesk-drop-folder.json", ".foliodesk-office.lock", ".foliodesk-office.last")


def assert_nothing_lost(site: Site, *, files: list[Path] | None = None) -> None:
    """Every offered page is there exactly once, with its own bytes, and no work is left over."""
    offered = files if files is not None else sorted(path for path in site.paper.rglob("*") if path.is_file())
    items = site.rows("SELECT source_path, state, sha256 FROM import_item WHERE NOT superseded")
    assert Counter(path for path, _, _ in items) == Counter(map(str, offered))
    assert {state.lower() for _, state, _ in items} == {"accepted"}
    pages = site.rows(
        "SELECT i.source_path, p.source_page, p.master_sha256 FROM page p JOIN import_item i"
        " ON i.id = p.import_item_id"
    )
    assert Counter((path, page) for path, page, _ in pages) == Counter((str(path), 0) for path in offered)
    assert {path: sha for path, _, sha in pages} == {str(path): sha256_of(path) for path in offered}
    assert_masters_whole(site)
    assert site.rows("SELECT kind, state FROM job WHERE lower(state) <> 'done'") == []
    assert site.rows("PRAGMA integrity_check") == [("ok",)]
    assert_moves_follow_each_other(site)


def assert_masters_whole(site: Site) -> None:
    """Every master a row names has the bytes its name says."""
    for sha256, extension in site.rows("SELECT sha256, extension FROM master"):
        path = site.home / "masters" / sha256[:2] / f"{sha256}{extension}"
        assert sha256_of(path) == sha256


def assert_moves_follow_each_other(site: Site) -> None:
    """The audit of each thing is one chain: every move starts where the one before ended."""
    last: dict[tuple[str, int], str] = {}
    for subject, subject_id, before, after in site.rows(
        "SELECT subject, subject_id, from_state, to_state FROM audit WHERE to_state IS NOT NULL ORDER BY id"
    ):
        assert last.get((subject, subject_id)) == before, (subject, subject_id, before, after)
        last[subject, subject_id] = after


def assert_delivered_once(site: Site, dossiers: int) -> None:
    """Each dossier has one package, valid, in the drop folder exactly once, with the receipt of its bytes."""
    built = site.rows("SELECT id, name, manifest_sha256, dossier_id FROM package")
    assert len(built) == len({dossier for *_, dossier in built}) == dossiers
    names = {name for _, name, _, _ in built}
    stored = {path.name for path in (site.home / "packages").iterdir() if path.is_dir()}
    assert stored == names
    there = {path.name for path in site.drop.iterdir() if path.is_dir()}
    assert there == names
    for package_id, name, manifest, _ in built:
        for place in (site.home / "packages" / name, site.drop / name):
            bagit.Bag(str(place)).validate()
            assert sha256_of(place / "manifest-sha256.txt") == manifest
        receipt = json.loads((site.drop / f"{name}.receipt.json").read_text(encoding="utf-8"))
        assert (receipt["package"], receipt["verdict"], receipt["sha256"]) == (name, "accepted", manifest)
        known = site.rows(
            "SELECT r.reference, r.sha256, r.verdict FROM receipt r JOIN outbox o ON o.id = r.outbox_id"
            " WHERE o.package_id = ?",
            package_id,
        )
        assert known == [(receipt["reference"], manifest, "accepted")]
    references = [reference for (reference,) in site.rows("SELECT reference FROM receipt")]
    assert len(references) == len(set(references))
    known_files = {*names, *(f"{name}.receipt.json" for name in names), *OWN_FILES}
    extra = {path.name for path in site.drop.iterdir()} - known_files
    assert all(name.startswith(".") and name.endswith(".tmp") for name in extra), extra


def assert_check_clean(site: Site) -> None:
    """The program's own check finds nothing. Part files younger than a day are not its business yet."""
    finished = site.run("check", "--home", str(site.home), "--json")
    assert (finished.code, finished.report["findings"]) == (0, []), finished.output


def stage_counts(site: Site) -> dict[str, int]:
    """How much is under way per stage at this moment; empty before the database is there."""
    try:
        running = dict(
            site.rows("SELECT kind, count(*) FROM job WHERE lower(state) = 'running' GROUP BY kind")
        )
        out = site.rows("SELECT count(*) FROM outbox WHERE lower(state) IN ('queued', 'sending', 'sent')")
    except sqlite3.Error:
        return {}
    return {
        "import": running.get("intake", 0),
        "process": running.get("page", 0),
        "package": running.get("package", 0),
        "deliver": out[0][0],
    }
