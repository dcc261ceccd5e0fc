"""What the person who typed ``make run`` sees."""

import sys
import time

_started = time.monotonic()


def step(text: str) -> None:
    """One line of progress with the seconds since the start."""
    _write(f"[{time.monotonic() - _started:5.1f} s] {text}")


def failure(text: str) -> None:
    """Why it does not work, on standard error."""
    sys.stderr.write(f"make run: {text}\n")
    sys.stderr.flush()


def welcome(port: int, logs: str) -> None:
    """The addresses and logins, printed when everything answers."""
    suffix = f":{port}"
    _write(
        f"""
  Ready in {time.monotonic() - _started:.1f} s.

  Back office       http://demo.localhost{suffix}/admin/        admin / demo-admin
                    other people: manager, clerk, finance, warehouse / demo-<name>
  API documents     http://demo.localhost{suffix}/api/docs/
  Platform admin    http://localhost{suffix}/admin/              platform / demo-platform
  Logs              {logs}

  Ctrl-C stops everything.
"""
    )


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
