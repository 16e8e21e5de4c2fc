"""Version of the page engine's steps, importable without them."""

RECIPE = "8"
"""Part of the key of derived files, so results of older steps show as stale."""
