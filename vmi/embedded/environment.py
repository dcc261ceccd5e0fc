"""Create or refresh the virtual environment; run by make with the system's Python, so standard library only.

Does nothing when ``.venv`` already holds exactly what ``requirements.txt`` asks for.
"""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements.txt"
STAMP = ENVIRONMENT / ".requirements"
PYTHON = (3, 11)


def wanted_stamp() -> str:
    """What the environment must have been made from: these requirements, a Python like this one, this place.

    Any Python of the same minor version will do: two shells that find different ones share an environment, instead
    of making it anew in turn under each other's running programs.
    """
    minor = ".".join(map(str, sys.version_info[:2]))
    parts = [REQUIREMENTS.read_bytes(), minor.encode(), os.fsencode(ENVIRONMENT)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_current() -> bool:
    """Whether the environment was made from the present requirements and its interpreter still exists."""
    return (
        STAMP.is_file()
        and STAMP.read_text(encoding="ascii") == wanted_stamp()
        and (ENVIRONMENT / "bin" / "python").exists()
    )


def is_made_by_this_python() -> bool:
    """Whether the environment's interpreter is the running one; another one's packages are of no use."""
    return (ENVIRONMENT / "bin" / "python").resolve() == Path(sys.executable).resolve()


def install() -> None:
    """Install the pinned packages with whatever index the user's pip is configured for."""
    say("Preparing the Python environment in .venv (once; a minute or two) …")
    STAMP.unlink(missing_ok=True)
    python = str(ENVIRONMENT / "bin" / "python")
    bundled = importlib.util.find_spec("ensurepip") is not None  # Debian leaves it out of plain python3
    venv.EnvBuilder(with_pip=bundled, symlinks=True, clear=not is_made_by_this_python()).create(ENVIRONMENT)
    command = [python, "-m", "pip"] if bundled else [sys.executable, "-m", "pip", "--python", python]
    command += ["install", "--quiet"]
    command += ["--disable-pip-version-check", "--no-input", "--requirement", str(REQUIREMENTS)]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        sys.exit("The packages could not be installed; see the lines above.")
    STAMP.write_text(wanted_stamp(), encoding="ascii")


def main() -> None:
    """Make the environment current; a second call at the same time waits for the first."""
    if sys.version_info[:2] != PYTHON:
        wanted = ".".join(map(str, PYTHON))
        sys.exit(f"Python {wanted} is needed, this is {sys.version.split()[0]}: make PYTHON=/path/to/python{wanted} …")
    if is_current():
        return
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current():
            install()


def say(line: str) -> None:
    """Tell the user at once, also through a pipe."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
