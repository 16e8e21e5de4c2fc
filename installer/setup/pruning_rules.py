"""What of the runtime and the wheels is not shipped, each with its reason. Data only; `pruning.py` applies it.

A pattern is a path below the payload, as fnmatch reads it (`*` crosses directories). `KEPT` wins over `DROPPED`.
How it was found: the modules and DLLs that the window, `digitize`, `check`, `backup` and the workers really load
(tests/installer/test_build_payload.py repeats the imports on what is left), and the import tables of all DLLs
(`portable_executable.py` fails the build when one that is left needs one that is gone).
"""

from __future__ import annotations

QT = "packages/PySide6"

KEPT: tuple[str, ...] = (
    f"{QT}/__init__.py",
    f"{QT}/_config.py",
    f"{QT}/_git_pyside_version.py",
    f"{QT}/support/*.py",
    *(f"{QT}/Qt{part}.pyd" for part in ("Core", "Gui", "Widgets", "Network", "Svg", "PrintSupport")),
    *(f"{QT}/Qt6{part}.dll" for part in ("Core", "Gui", "Widgets", "Network", "Svg", "PrintSupport")),
    f"{QT}/pyside6.abi3.dll",
    f"{QT}/msvcp140*.dll",
    f"{QT}/vcruntime140*.dll",
    f"{QT}/plugins/platforms/qwindows.dll",
    f"{QT}/plugins/imageformats/qsvg.dll",
    f"{QT}/plugins/imageformats/qjpeg.dll",
    f"{QT}/plugins/imageformats/qico.dll",
    f"{QT}/plugins/imageformats/qwebp.dll",
    f"{QT}/plugins/iconengines/qsvgicon.dll",
    "packages/pygments/lexers/__init__.py",
    "packages/pygments/lexers/_mapping.py",
    "packages/numpy/testing/*.py",
    "packages/numpy/_core/tests/_natype.py",  # numpy.testing imports it
)

DROPPED: tuple[tuple[str, str], ...] = (
    # Python's own library
    ("python/Lib/idlelib/*", "an editor"),
    ("python/Lib/tkinter/*", "another window toolkit"),
    ("python/Lib/turtle*", "drawing for schools, needs tkinter"),
    ("python/Lib/ensurepip/*", "installs pip: nothing is installed into the program"),
    ("python/Lib/venv/*", "makes environments"),
    ("python/Lib/test/*", "Python's own tests"),
    ("python/Lib/*/test/*", "Python's own tests"),
    ("python/Lib/*/tests/*", "Python's own tests"),
    ("python/Lib/pydoc_data/*", "texts of the interactive help"),
    ("python/Lib/_pyrepl/*", "the interactive prompt"),
    ("python/Lib/__phello__/*", "a test of frozen modules"),
    ("python/Lib/*.exe", "launchers for environments"),
    ("python/DLLs/_tkinter.pyd", "another window toolkit"),
    ("python/DLLs/tcl86t.dll", "another window toolkit"),
    ("python/DLLs/tk86t.dll", "another window toolkit"),
    ("python/DLLs/zlib1.dll", "only Tcl uses it"),
    ("python/DLLs/_test*.pyd", "Python's own tests"),
    ("python/DLLs/*.ico", "icons for .py files, which are not registered"),
    ("python/DLLs/python_lib.cat", "signatures of sources, which no program reads"),
    ("python/DLLs/winsound.pyd", "sounds"),
    # Qt: all that is not in KEPT
    (f"{QT}/*", "a part of Qt the window does not use (QML, Quick, Designer, SQL, tools, translations...)"),
    ("packages/shiboken6/concrt140.dll", "a runtime nothing here links with"),
    ("packages/shiboken6/vcamp140.dll", "a runtime nothing here links with"),
    ("packages/shiboken6/vccorlib140.dll", "a runtime nothing here links with"),
    ("packages/shiboken6/vcomp140.dll", "a runtime nothing here links with"),
    ("packages/shiboken6/*.lib", "for compilers"),
    # OpenCV
    ("packages/cv2/opencv_videoio_ffmpeg*.dll", "videos (and 31 MB)"),
    ("packages/cv2/data/haarcascade*", "finding faces"),
    ("packages/cv2/LICENSE*", "twice there: the copy in licences stays"),
    # NumPy
    ("packages/numpy/f2py/*", "compiles Fortran"),
    ("packages/numpy/distutils/*", "compiles extensions"),
    ("packages/numpy/_core/include/*", "for compilers"),
    ("packages/numpy/_core/lib/*", "for compilers"),
    ("packages/numpy/random/lib/*", "for compilers"),
    ("packages/numpy/random/_examples/*", "examples"),
    ("packages/numpy/_pyinstaller/*", "for another packager"),
    ("packages/numpy/doc/*", "documentation"),
    ("packages/numpy/*_tests*.pyd", "NumPy's own tests"),
    # Others
    ("packages/fontTools/*.c", "sources of compiled parts"),
    ("packages/lxml/includes/*", "for compilers"),
    ("packages/lxml/isoschematron/*", "a schema language not used"),
    ("packages/lxml/*.h", "for compilers"),
    ("packages/pygments/lexers/*", "colours for program text, which is never shown"),
    ("packages/pygments/sphinxext.py", "documentation"),
    ("packages/PIL/_avif*.pyd", "a picture format that intake refuses"),
    ("packages/PIL/_imagingtk*.pyd", "another window toolkit"),
    ("packages/sqlalchemy/testing/*", "SQLAlchemy's own tests"),
    ("packages/alembic/testing/*", "Alembic's own tests"),
    ("packages/alembic/templates/*", "starting points for new projects"),
    ("packages/psutil/tests/*", "psutil's own tests"),
    ("packages/msvc_runtime*.pyd", "an empty module: of that package only DLLs are used, beside Python"),
    # Anywhere in the packages
    ("packages/*/tests/*", "a package's own tests"),
    ("packages/*.pyi", "for type checkers"),
    ("packages/*/py.typed", "for type checkers"),
    ("packages/*.pyx", "sources of compiled parts"),
    ("packages/*.pxd", "sources of compiled parts"),
    ("packages/*.pxi", "sources of compiled parts"),
    ("packages/*.lib", "for compilers"),
    ("packages/*.exe", "tools"),
    ("packages/*.pdb", "for debuggers"),
    ("packages/*.dist-info/RECORD", "lists files before pruning; manifest.json lists what is there"),
    ("packages/*.dist-info/licenses/*", "in licences"),
    ("packages/*.dist-info/LICEN*", "in licences"),
    ("packages/*.dist-info/sboms/*", "bills of material of compiled parts; in licences"),
    ("packages/*.dist-info/top_level.txt", "for installers of packages"),
    ("packages/*.dist-info/zip-safe", "for installers of packages"),
    ("packages/*.dist-info/REQUESTED", "for installers of packages"),
    ("packages/*.dist-info/DELVEWHEEL", "how the wheel was built"),
)
