"""The secret key of an embedded installation: random, made once, readable by its owner only."""

import os
import secrets
from pathlib import Path


def stored_secret(home: Path) -> str:
    """The secret kept in ``home``; made on first use. Never used once a real server is configured."""
    path = home / "secret.key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        home.mkdir(mode=0o711 if os.getuid() == 0 else 0o700, parents=True, exist_ok=True)
    draft = home / f"secret.key.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)  # whoever comes second keeps the first one's secret
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
