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


def welcome(port: int, logs: str, *, embedded: bool, demo: bool) -> None:
    """The addresses and logins, printed when everything answers.

    Passwords are known on the embedded database only; on a real one the first start has shown them.
    """
    suffix = f":{port}"
    lines = [f"Ready in {time.monotonic() - _started:.1f} s.", ""]
    if demo:
        lines += [
            f"Back office       http://demo.localhost{suffix}/admin/        {_login('admin', embedded)}",
            "                  other people: manager, clerk, finance, warehouse, store"
            + (" / demo-<name>" if embedded else ""),
            f"API documents     http://demo.localhost{suffix}/api/docs/    {_login('customer', embedded)}",
        ]
    lines += [
        f"Platform admin    http://localhost{suffix}/admin/             {_login('platform', embedded)}",
        f"Logs              {logs}",
        "",
        "Ctrl-C stops everything.",
    ]
    _write("\n" + "\n".join(f"  {line}".rstrip() for line in lines) + "\n")


def _login(name: str, embedded: bool) -> str:
    return f"{name} / demo-{name}" if embedded else f"{name} / shown at the first start"


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
