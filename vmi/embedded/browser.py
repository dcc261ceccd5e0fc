"""Says what is missing for the browser tests, and fails, before pytest starts."""

import shutil
import subprocess
import sys


def missing() -> list[str]:
    """Names of the system packages the browser tests still need."""
    needed = {"chromium": "chromium", "chromedriver": "chromium-driver"}
    packages = [package for program, package in needed.items() if shutil.which(program) is None]
    if not _has_chinese_font():
        packages.append("fonts-noto-cjk")
    return packages


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    found = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(found.stdout.strip())


def main() -> None:
    """Exit with a sentence naming the packages to install."""
    packages = missing()
    if packages:
        sys.exit(f"The browser tests need: {' '.join(packages)} (Debian: apt-get install {' '.join(packages)})")


if __name__ == "__main__":
    main()
