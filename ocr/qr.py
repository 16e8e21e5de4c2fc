"""QR codes as rows of modules, for whoever draws them."""

from __future__ import annotations

from ocr.cpp_runtime import find_cpp_runtime


def qr_modules(text: str) -> tuple[str, ...]:
    """The code as rows of "1" (dark) and "0", without a quiet zone; with the most of repair (level H)."""
    find_cpp_runtime()
    import numpy as np
    import zxingcpp

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="H")
    picture = np.asarray(code.to_image(scale=1, add_quiet_zones=False))
    return tuple("".join("1" if value < 128 else "0" for value in row) for row in picture)
