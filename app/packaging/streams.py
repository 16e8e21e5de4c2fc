r"""PDF streams that every validator measures alike.

A stream whose data ends in a carriage return stands as "\r\nendstream" in the file; page-validation 0.11 (and
nothing in ISO 32000 forbids it) takes both characters for the line end and calls the length wrong. One stream
in 256 would be hit by chance, so data that ends so is never written.
"""

from __future__ import annotations

import zlib

import pikepdf


def compressed_stream(pdf: pikepdf.Pdf, content: bytes, padding: bytes = b" ") -> pikepdf.Stream:
    """Return an indirect Flate stream of content; padding, repeated as needed, may follow the content."""
    data = zlib.compress(content, 9)
    while data.endswith(b"\r"):
        content += padding
        data = zlib.compress(content, 9)
    stream = pikepdf.Stream(pdf, data)
    stream.Filter = pikepdf.Name.FlateDecode
    return pdf.make_indirect(stream)


def settle_end(picture: pikepdf.Object) -> bool:
    """Add a line feed after a picture's data when it ends in a carriage return; tell whether it did.

    JPEG, Flate and Group 4 data all carry their own end, so decoders never see the extra byte.
    """
    data = picture.read_raw_bytes()
    if not data.endswith(b"\r"):
        return False
    kept = {key: picture.get(key) for key in ("/Filter", "/DecodeParms")}
    picture.write(data + b"\n")
    for key, value in kept.items():
        if value is not None:
            picture[key] = value
    return True


def is_archival_profile(profile: bytes, channels: int) -> bool:
    """Tell whether an ICC profile may stand in a PDF/A-2: sound header, right colours, version 2 or 4."""
    return (
        len(profile) >= 128
        and int.from_bytes(profile[:4], "big") == len(profile)
        and profile[8] in (2, 4)
        and profile[12:16] in (b"scnr", b"mntr", b"prtr", b"spac")
        and profile[16:20] == {1: b"GRAY", 3: b"RGB "}.get(channels)
        and profile[36:40] == b"acsp"
        # A padded profile would no longer have the size its header says.
        and not zlib.compress(profile, 9).endswith(b"\r")
    )
