"""Where the product of this machine answers, for commands that play its neighbours."""

import os

DEFAULT_PORT = 8000


def own_address() -> str:
    """``http://127.0.0.1:<PORT>``; the port is that of ``make run``: the variable ``PORT``, else 8000."""
    return f"http://127.0.0.1:{os.environ.get('PORT') or DEFAULT_PORT}"
