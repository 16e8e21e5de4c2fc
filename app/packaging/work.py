"""The packaging work order, importable without the PDF libraries (only the worker that runs it loads them)."""

from __future__ import annotations

from app.packaging.content import PackageResult, PackageTask


def build_package(task: PackageTask) -> PackageResult:
    """Build a package; see app.packaging.build.build_package."""
    from app.packaging.build import build_package as run

    return run(task)
