"""English words for giving name and password of a share."""

from __future__ import annotations

LOGIN: dict[str, str] = {
    "uploads.login": "Give name and password",
    "uploads.login_title": "Name and password for {share}",
    "uploads.login_user": "Name",
    "uploads.login_user_hint": "such as scans, or OFFICE\\scans",
    "uploads.login_password": "Password",
    "uploads.login_note": "Tried at once. If it works, the vault of Windows keeps it, on this PC and for your Windows user only.",
    "uploads.login_go": "Connect",
    "uploads.login_asking": "Asking the server…",
    "uploads.login_incomplete": "Give a name and a password.",
    "uploads.login_refused": "The share refused this name with this password. After a few wrong ones a server may lock the account.",
    "uploads.login_expired": "This password has expired. Have it changed, then give the new one.",
    "uploads.login_done": "{share} lets {user} in. What waited for it is delivered now.",
    "keys.login": "give name and password of a share that is closed",
}
