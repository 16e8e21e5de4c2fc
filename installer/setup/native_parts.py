"""The compiled libraries inside the wheels and Python: what each file is, and its licence. Data only.

The build fails when a shipped .dll matches none of these, so that a new library in a new wheel is looked at by a
person before it ships. A pattern is a path below the payload, lower case, as fnmatch reads it.
"""

from __future__ import annotations

MICROSOFT = "Microsoft Visual C++ runtime, redistributable"

NATIVE: tuple[tuple[str, str, str], ...] = (
    ("python/python3*.dll", "CPython", "PSF-2.0"),
    ("python/vcruntime140*.dll", "Microsoft Visual C++ runtime", MICROSOFT),
    ("python/msvcp140.dll", "Microsoft Visual C++ runtime", MICROSOFT),
    ("python/dlls/libcrypto-*.dll", "OpenSSL", "Apache-2.0"),
    ("python/dlls/libssl-*.dll", "OpenSSL", "Apache-2.0"),
    ("python/dlls/libffi-*.dll", "libffi", "MIT"),
    ("python/dlls/sqlite3.dll", "SQLite", "Public Domain"),
    ("*/msvcp140*.dll", "Microsoft Visual C++ runtime", MICROSOFT),
    ("*/vcruntime140*.dll", "Microsoft Visual C++ runtime", MICROSOFT),
    ("packages/pyside6/qt6*.dll", "Qt", "LGPL-3.0-only"),
    ("packages/pyside6/plugins/*.dll", "Qt", "LGPL-3.0-only"),
    ("packages/pyside6/pyside6.abi3.dll", "Qt for Python", "LGPL-3.0-only"),
    ("packages/shiboken6/shiboken6.abi3.dll", "Qt for Python", "LGPL-3.0-only"),
    (
        "packages/numpy.libs/libscipy_openblas64_-*.dll",
        "OpenBLAS (with libgfortran)",
        "BSD-3-Clause AND GCC-exception-3.1",
    ),
    ("packages/pypdfium2_raw/pdfium.dll", "PDFium", "Apache-2.0 AND BSD-3-Clause"),
    ("packages/pikepdf.libs/qpdf*.dll", "QPDF (with zlib, libjpeg-turbo, OpenSSL)", "Apache-2.0"),
    ("packages/tesserocr.libs/archive-*.dll", "libarchive", "BSD-2-Clause"),
    ("packages/tesserocr.libs/charset-*.dll", "libiconv", "LGPL-2.1-or-later"),
    ("packages/tesserocr.libs/iconv-*.dll", "libiconv", "LGPL-2.1-or-later"),
    ("packages/tesserocr.libs/deflate-*.dll", "libdeflate", "MIT"),
    ("packages/tesserocr.libs/gif-*.dll", "giflib", "MIT"),
    ("packages/tesserocr.libs/icu??*.dll", "ICU", "Unicode-3.0"),
    ("packages/tesserocr.libs/jpeg8-*.dll", "libjpeg-turbo", "IJG AND BSD-3-Clause AND Zlib"),
    ("packages/tesserocr.libs/leptonica-*.dll", "Leptonica", "BSD-2-Clause"),
    ("packages/tesserocr.libs/lerc-*.dll", "LERC", "Apache-2.0"),
    ("packages/tesserocr.libs/libbz2-*.dll", "bzip2", "bzip2-1.0.6"),
    ("packages/tesserocr.libs/libcrypto-*.dll", "OpenSSL", "Apache-2.0"),
    ("packages/tesserocr.libs/libcurl-*.dll", "curl", "curl"),
    ("packages/tesserocr.libs/liblzma-*.dll", "XZ Utils (liblzma)", "0BSD"),
    ("packages/tesserocr.libs/libpng16-*.dll", "libpng", "libpng-2.0"),
    ("packages/tesserocr.libs/libsharpyuv-*.dll", "libwebp", "BSD-3-Clause"),
    ("packages/tesserocr.libs/libwebp*.dll", "libwebp", "BSD-3-Clause"),
    ("packages/tesserocr.libs/libssh2-*.dll", "libssh2", "BSD-3-Clause"),
    ("packages/tesserocr.libs/libxml2-*.dll", "libxml2", "MIT"),
    ("packages/tesserocr.libs/lz4-*.dll", "LZ4", "BSD-2-Clause"),
    ("packages/tesserocr.libs/openjp2-*.dll", "OpenJPEG", "BSD-2-Clause"),
    ("packages/tesserocr.libs/psl-*.dll", "libpsl", "MIT"),
    ("packages/tesserocr.libs/tesseract*.dll", "Tesseract", "Apache-2.0"),
    ("packages/tesserocr.libs/tiff-*.dll", "LibTIFF", "libtiff"),
    ("packages/tesserocr.libs/zlib-*.dll", "zlib", "Zlib"),
    ("packages/tesserocr.libs/zstd-*.dll", "Zstandard", "BSD-3-Clause"),
)

# Beyond what notices.py allows for packages: licences of the libraries above, all of them permissive.
ALSO_ALLOWED = frozenset(
    {"GCC-exception-3.1", "IJG", "Unicode-3.0", "bzip2-1.0.6", "curl", "libpng-2.0", "libtiff", MICROSOFT}
)

# Licence files that hold the text of the GPL, and why that is no GPL part: (package, end of the file's name, reason).
GPL_TEXTS: tuple[tuple[str, str, str], ...] = (
    ("pillow", "LICENSE", "FreeType, used under its other licence, the FTL"),
    ("numpy", "LICENSE.txt", "libgfortran, under the GCC runtime library exception"),
    (
        "pikepdf",
        "GPL-3.0.txt",
        "libgcc and libstdc++, under the GCC runtime library exception; Linux wheels only",
    ),
    ("pypdfium2", "libgcc_and_libstdc++.txt", "under the GCC runtime library exception; musl wheels only"),
)
