"""The environment of processes a test starts, and the way to their servers: the same on every machine."""

import os
import urllib.request

KEPT = ("PATH", "HOME", "USER", "TMPDIR", "TZ", "LANG", "LC_", "LD_", "DYLD_", "PYTHON")
"""How the names that are kept begin: some interpreters find their own libraries by ``LD_LIBRARY_PATH``."""

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens addresses of this machine, whatever proxy the network has."""


def bare_environment(**variables: str) -> dict[str, str]:
    """The caller's surroundings without ``DATABASE_URL`` and its like, plus ``variables``."""
    return {name: value for name, value in os.environ.items() if name.startswith(KEPT)} | variables
