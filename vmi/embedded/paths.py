"""Where the embedded services keep data, logs and sockets."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

DATABASE_NAME = "vmi"
DATABASE_USER = "vmi"


@dataclass(frozen=True, slots=True)
class Layout:
    """The directories of one installation, all derived from its home.

    Sockets do not live in the home: their paths must stay under about 100 bytes, wherever the checkout lies.
    """

    home: Path

    @property
    def postgres(self) -> Path:
        """PostgreSQL's directory; a link elsewhere when the database user could not reach the home."""
        return self.home / "postgres"

    @property
    def redis(self) -> Path:
        """Redis' directory with its append-only file."""
        return self.home / "redis"

    @property
    def logs(self) -> Path:
        """Log files of everything started from here."""
        return self.home / "log"

    @property
    def sockets(self) -> Path:
        """A short directory of our own in the temporary directory, one per home and user."""
        digest = hashlib.sha256(os.fsencode(self.home.resolve())).hexdigest()[:10]
        base = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108
        return base / f"vmi-{os.getuid()}-{digest}"

    @property
    def postgres_sockets(self) -> Path:
        """Directory of PostgreSQL's socket, owned by the database user."""
        return self.sockets / "pg"

    @property
    def redis_socket(self) -> Path:
        """Redis' socket."""
        return self.sockets / "redis.sock"

    @property
    def database(self) -> dict[str, object]:
        """The embedded database as Django's connection settings."""
        return {"NAME": DATABASE_NAME, "USER": DATABASE_USER, "HOST": str(self.postgres_sockets)}

    @property
    def database_url(self) -> str:
        """The embedded database as a libpq address, for tools such as psql and pg_dump."""
        return f"postgresql://{DATABASE_USER}@{quote(str(self.postgres_sockets), safe='')}/{DATABASE_NAME}"

    @property
    def broker_url(self) -> str:
        """URL of the embedded broker for Celery."""
        return f"redis+socket://{self.redis_socket}?virtual_host=0"

    @property
    def cache_url(self) -> str:
        """URL of the embedded cache, a database of its own beside the broker's."""
        return f"unix://{self.redis_socket}?db=1"

    def prepare(self) -> None:
        """Create the home and the socket directory, private to this user.

        Raises PermissionError if somebody else already owns the socket directory's name.
        """
        self.home.mkdir(mode=0o711 if os.getuid() == 0 else 0o700, parents=True, exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        if found.st_uid != os.getuid() or not self.sockets.is_dir() or self.sockets.is_symlink():
            raise PermissionError(f"{self.sockets} belongs to somebody else; remove it or set VMI_HOME elsewhere.")
        self.sockets.chmod(0o711 if os.getuid() == 0 else 0o700)
