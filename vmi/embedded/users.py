"""Which operating-system user runs PostgreSQL: ourselves, or an unprivileged one when we are root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from vmi.embedded.errors import EmbeddedError

CANDIDATES = ("postgres", "nobody")
ROOT_BASE = Path("/var/lib/vmi-embedded")


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """The user of the database processes; ``None`` means the current user."""

    uid: int | None
    gid: int | None

    def popen_options(self) -> dict[str, object]:
        """Keyword arguments that make ``subprocess`` run as this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give ``path`` to this user alone."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)

    def reaches(self, path: Path) -> bool:
        """Whether this user may enter ``path``; parents are never opened up to make it so."""
        if self.uid is None:
            return True
        command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(path)]
        done = subprocess.run(command, capture_output=True, cwd="/", check=False, **self.popen_options())  # type: ignore[call-overload]
        return bool(done.returncode == 0)


def service_user() -> ServiceUser:
    """Ourselves, or for root the first existing unprivileged user: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return ServiceUser(uid=None, gid=None)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServiceUser(uid=entry.pw_uid, gid=entry.pw_gid)
    raise EmbeddedError(
        f"PostgreSQL does not run as root and none of the users {', '.join(CANDIDATES)} exists; "
        "run as an ordinary user or set DATABASE_URL."
    )


def reachable_directory(wanted: Path, user: ServiceUser) -> Path:
    """``wanted``, owned by ``user``; if the user cannot reach it, a link to a directory it can reach."""
    if not wanted.exists():
        wanted.unlink(missing_ok=True)
        wanted.mkdir(mode=0o700)
        user.own(wanted)
    if user.reaches(wanted.resolve()):
        return wanted.resolve()
    if any(wanted.iterdir()):
        raise EmbeddedError(f"{wanted} holds data but its user can no longer reach it; set VMI_HOME elsewhere.")
    _open_base(user)
    elsewhere = Path(tempfile.mkdtemp(prefix="data-", dir=ROOT_BASE))
    user.own(elsewhere)
    wanted.rmdir()
    wanted.symlink_to(elsewhere, target_is_directory=True)
    return elsewhere


def reachable_binaries(wanted: Path, version: str, user: ServiceUser) -> Path:
    """``wanted`` or, if its user cannot enter it, a copy made once per version.

    The programs find the wheel's own libraries by the way from their directory to ``<package>.libs`` beside the
    package, so the copy lies as the package does: ``<package>/<wanted>`` and ``<package>.libs``.
    """
    if user.reaches(wanted):
        return wanted
    _open_base(user)
    package = wanted.parent
    copy = ROOT_BASE / f"postgres-{version}"
    if not copy.is_dir():
        draft = ROOT_BASE / f"postgres-{version}.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        for part in (wanted, package.with_name(f"{package.name}.libs")):
            if part.is_dir():
                place = draft / part.relative_to(package.parent)
                shutil.copytree(part, place, symlinks=True, ignore=shutil.ignore_patterns("include"))
        _open_to_all(draft)
        try:
            draft.rename(copy)
        except OSError:
            shutil.rmtree(draft)
    return copy / package.name / wanted.name


def _open_to_all(top: Path) -> None:
    """Let everybody read and run what lies below ``top``: packages installed with a strict umask are their owner's."""
    for path in (top, *top.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if mode & 0o100 else 0o044))


def _open_base(user: ServiceUser) -> None:
    """Create the directory for what cannot lie beside the checkout."""
    try:
        if not ROOT_BASE.is_dir():
            ROOT_BASE.mkdir(parents=True, exist_ok=True)
            ROOT_BASE.chmod(0o755)  # whatever the umask says
    except OSError as error:
        raise EmbeddedError(
            f"Cannot create {ROOT_BASE}: {error}; set VMI_HOME to a directory all users can enter."
        ) from error
    if not user.reaches(ROOT_BASE):
        raise EmbeddedError(f"The database user cannot enter {ROOT_BASE}; set VMI_HOME elsewhere or DATABASE_URL.")
