"""Where things lie: the home directory with all that is ours, and the resources that ship with the program.

Pure path arithmetic until make() is called; used in the program's own process and by tests.
"""

from __future__ import annotations

import errno
import os
import sys
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

import platformdirs
import psutil

from app.errors import DiskFull, OperatorError
from ocr.long_paths import canonical, is_reserved, reachable, usual_form, whole
from ocr.patience import unlink

if sys.platform == "win32":
    import ctypes

    _kernel32 = ctypes.WinDLL("kernel32")
    _kernel32.GetDriveTypeW.argtypes = (ctypes.c_wchar_p,)
    _DRIVE_REMOTE = 4

NETWORK_FILE_SYSTEMS = frozenset(
    {
        *("nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ncpfs", "9p", "davfs"),
        *("ceph", "glusterfs", "lustre", "beegfs", "gfs2", "ocfs2"),
        *("fuse.sshfs", "fuse.rclone", "fuse.davfs2", "fuse.glusterfs", "fuse.s3fs", "fuse.gvfsd-fuse"),
    }
)
"""SQLite's locks and WAL are not safe on these (sqlite.org/wal.html, "same host computer")."""

DATABASE = "foliodesk.sqlite3"

LONGEST_HOME_BYTES = 940 if sys.platform == "win32" else 412
"""SQLite opens paths of 1040 bytes (Windows) or 512; the longest name of a database copy in a home takes 100."""


@dataclass(frozen=True, slots=True)
class HomePaths:
    """The directories and files of one home.

    root: the home as people write it, absolute. files: the same for the system: below it names of any length
    can be opened, so everything that touches files starts there.
    """

    root: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", whole(self.root))

    @property
    def files(self) -> Path:
        """The home in the form that Windows opens whatever the length of the path."""
        return reachable(self.root)

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.files / DATABASE

    @property
    def settings(self) -> Path:
        """The settings of this home."""
        return self.files / "settings.toml"

    @property
    def masters(self) -> Path:
        """Content-addressed originals; never changed."""
        return self.files / "masters"

    @property
    def derived(self) -> Path:
        """Viewing copies, thumbnails, words: all of it can be made again."""
        return self.files / "derived"

    @property
    def packages(self) -> Path:
        """Finished bags."""
        return self.files / "packages"

    @property
    def drop(self) -> Path:
        """The local drop folder that is used while no office's one is named; as people write it, like theirs."""
        return self.root / "office-drop"

    @property
    def logs(self) -> Path:
        """Log files, bounded in size."""
        return self.files / "logs"

    @property
    def offices(self) -> Path:
        """Office profiles of this home, which go before those that ship; made when one is taken in."""
        return self.files / "offices"

    @property
    def backups(self) -> Path:
        """Copies of the database made before each migration."""
        return self.files / "backups"

    @property
    def owners(self) -> Path:
        """One lock file per running program."""
        return self.files / "owners"

    @property
    def register_staging(self) -> Path:
        """Copies of register files while they are being imported; nothing lies there otherwise."""
        return self.files / "register-staging"

    @property
    def lost_and_found(self) -> Path:
        """Where repair puts files nobody knows; nothing is deleted."""
        return self.files / "lost-and-found"

    def make(self) -> HomePaths:
        """Create what is missing and return self.

        Raises OperatorError "home_on_network", "name_reserved", "path_too_long", "home_not_writable" or "home_not_a_directory",
        and DiskFull.
        """
        refuse_network(self.root)
        refuse_reserved(self.root)
        if len(os.fsencode(self.root)) > LONGEST_HOME_BYTES:
            raise OperatorError("path_too_long", path=str(self.root))
        wanted = (self.masters, self.derived, self.packages, self.logs, self.backups, self.owners)
        try:
            for directory in (*wanted, reachable(self.drop)):
                directory.mkdir(parents=True, exist_ok=True)
            probe = self.files / f".{uuid.uuid4().hex}.part"
            probe.touch()  # a read-only disk lets mkdir(exist_ok) pass
            unlink(probe)
        except (FileExistsError, NotADirectoryError) as exc:
            raise OperatorError("home_not_a_directory", path=str(self.root)) from exc
        except OSError as exc:
            if exc.errno == errno.ENOSPC:
                raise DiskFull("disk_full", retryable=True, where=str(self.root)) from exc
            raise OperatorError("home_not_writable", path=str(self.root), reason=exc.strerror or "") from exc
        return self


def default_home() -> Path:
    """Say where the home is when nobody names one.

    FOLIODESK_HOME wins. On Windows the per-machine directory (ProgramData) is used where the installer made
    it, so that all operators of a PC share one home, but never in place of a home of this user's that holds
    work; else the user's own local application data.
    """
    if named := os.environ.get("FOLIODESK_HOME"):
        return Path(named).expanduser()
    if sys.platform != "win32":
        return platformdirs.user_data_path("foliodesk", appauthor=False)
    own = platformdirs.user_data_path("Foliodesk", appauthor=False)
    shared = platformdirs.site_data_path("Foliodesk", appauthor=False)
    return shared if shared.is_dir() and not (own / DATABASE).is_file() else own


def resources_root() -> Path:
    """Find the data that ships: beside the app package, in the source tree and when installed alike."""
    if named := os.environ.get("FOLIODESK_RESOURCES"):
        return Path(named)
    bundled = getattr(sys, "_MEIPASS", None)  # one-file builds unpack there
    base = Path(bundled) if bundled else Path(__file__).resolve().parents[1]
    return base / "resources"


def tessdata_dir() -> Path:
    """Return the directory of the recognition models."""
    return resources_root() / "tessdata"


def offices_dir() -> Path:
    """Return the directory of office profiles and number formats."""
    return resources_root() / "offices"


def sample_dir() -> Path:
    """Return the directory of sample folders."""
    return resources_root() / "sample"


def schemas_dir() -> Path:
    """Return the directory of JSON schemas."""
    return resources_root() / "schemas"


def refuse_network(directory: Path) -> None:
    """Raise OperatorError("home_on_network") when the directory lies on a network share, where we can tell.

    Looks at the directory as it is named and at the one that is meant: a link, a mapped or a substituted drive
    may lead to a share.
    """
    for place in (whole(directory), canonical(directory)):
        kind = network_kind(str(place), _mounts(place))
        if kind is not None:
            raise OperatorError("home_on_network", path=str(directory), kind=kind)


def refuse_reserved(directory: Path) -> None:
    """Raise OperatorError("name_reserved") before a directory is made that no other program could open (Windows)."""
    if sys.platform == "win32" and not reachable(directory).exists():
        for name in whole(directory).parts[1:]:
            if is_reserved(name):
                raise OperatorError("name_reserved", path=str(directory), name=name)


def network_kind(directory: str, mounts: Iterable[tuple[str, str, str]]) -> str | None:
    """Say which kind of network share a directory lies on, or None.

    mounts: (mount point, file system type, options) as the system lists them; the longest one that is a
    parent counts.
    """
    directory = usual_form(directory)
    windows = PureWindowsPath(directory)
    if windows.drive.startswith("\\\\") and not windows.drive.startswith(("\\\\?\\", "\\\\.\\")):
        return "unc"
    here, best, kind = os.path.normcase(directory), -1, None
    for point, file_system, options in mounts:
        root = os.path.normcase(point).rstrip("/\\")
        inside = here == root or here.startswith((root + "/", root + "\\"))
        if inside and len(root) >= best:
            remote = file_system.lower() in NETWORK_FILE_SYSTEMS or "remote" in options.split(",")
            best, kind = len(root), (file_system or "remote") if remote else None
    return kind


def _mounts(place: Path) -> list[tuple[str, str, str]]:
    """Return what network_kind needs to judge a directory."""
    if sys.platform == "win32":
        # Asking all drives waits for the server of each mapped one, half a minute where it is away.
        root = PureWindowsPath(usual_form(str(place))).anchor
        return [(root, "", "remote")] if _kernel32.GetDriveTypeW(root) == _DRIVE_REMOTE else []
    try:
        return [(part.mountpoint, part.fstype, part.opts) for part in psutil.disk_partitions(all=True)]
    except (OSError, psutil.Error):
        return []  # cannot tell, so do not refuse
