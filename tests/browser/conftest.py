"""A real installation and a real browser: what ``make run`` starts, walked through with chromium.

The installation is fresh for every run, on a free port, with the demo data; the tests of one run
share it. Pictures land in ``screenshots/``.
"""

import os
import shutil
import socket
import subprocess
import sys
import urllib.error
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait

from tests.support.surroundings import DIRECT, bare_environment
from vmi.embedded.paths import Layout
from vmi.embedded.processes import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
HOME = ROOT / ".run-test" / "browser"
PICTURES = ROOT / "screenshots"
START_SECONDS = 900.0
WAIT_SECONDS = 120.0
LANGUAGES = {"zh-hans": "zh-CN", "en": "en-US"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests speak to the installation only, never to the test database."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.no_database)
            item.add_marker(pytest.mark.timeout(1800))


@dataclass(frozen=True)
class Installation:
    """The running product."""

    port: int

    def url(self, path: str, *, host: str = "demo.localhost") -> str:
        """The address of a page of the demo namespace, or of ``host``."""
        return f"http://{host}:{self.port}{path}"

    def is_ready(self) -> bool:
        """Whether everything answers."""
        try:
            with DIRECT.open(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.HTTPError, OSError):
            return False


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """Start everything in an empty directory; stop it at the end. BROWSER_PORT names one that runs already."""
    if os.environ.get("BROWSER_PORT"):
        yield Installation(int(os.environ["BROWSER_PORT"]))
        return
    _remove_home()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = bare_environment(VMI_HOME=str(HOME), PORT=str(port))
    process = subprocess.Popen([sys.executable, "-m", "vmi.embedded.runner"], cwd=ROOT, env=environment)
    running = Installation(port)
    try:
        wait_until(lambda: running.is_ready() or process.poll() is not None, seconds=START_SECONDS, step=0.2)
        assert running.is_ready(), "the installation did not start; its output is above"
        yield running
    finally:
        process.terminate()
        process.wait(timeout=300)
        _remove_home()


def _remove_home() -> None:
    layout = Layout(HOME)
    if HOME.exists():
        shutil.rmtree((HOME / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(layout.sockets, ignore_errors=True)
        shutil.rmtree(HOME, ignore_errors=True)


class Browser:
    """Chromium with the few steps every test needs; waits instead of sleeping."""

    def __init__(self, driver: webdriver.Chrome, installation: Installation, language: str) -> None:
        self.driver = driver
        self.installation = installation
        self.language = language
        self._hosts: set[str] = set()

    def open(self, path: str, *, host: str = "demo.localhost") -> "Browser":
        """Go to a page, in the test's language: the back office speaks Chinese until the switch sets its cookie."""
        if host not in self._hosts:
            self.driver.get(self.installation.url("/healthz", host=host))
            self.driver.add_cookie({"name": "django_language", "value": self.language, "path": "/"})
            self._hosts.add(host)
        self.driver.get(self.installation.url(path, host=host))
        return self.settle()

    def settle(self) -> "Browser":
        """Wait until the page has loaded: chromedriver now and then returns from ``get`` while it still loads."""
        self.wait().until(lambda driver: driver.execute_script("return document.readyState") == "complete")
        return self

    def sign_in(self, username: str, password: str, *, host: str = "demo.localhost") -> "Browser":
        """Sign in to the back office of ``host`` and wait for its first page."""
        self.sign_out(host=host)
        self.open("/admin/login/?next=/admin/", host=host)
        self.fill("username", username)
        self.fill("password", password)
        self.press("button[type=submit]")
        self.wait().until(lambda driver: "/login/" not in driver.current_url)
        return self

    def sign_out(self, *, host: str = "demo.localhost") -> None:
        """Forget who was signed in on ``host``."""
        self.open("/healthz", host=host)
        self.driver.delete_cookie("sessionid")

    def fill(self, name: str, value: str) -> None:
        """Type into the field of that name."""
        field = self.wait().until(expected_conditions.element_to_be_clickable((By.NAME, name)))
        field.clear()
        field.send_keys(value)

    def press(self, selector: str) -> None:
        """Click what the CSS selector finds."""
        self.wait().until(expected_conditions.element_to_be_clickable((By.CSS_SELECTOR, selector))).click()

    def text(self) -> str:
        """What can be read on the page."""
        self.settle()
        return self.driver.find_element(By.TAG_NAME, "body").text

    def wait(self) -> "WebDriverWait[webdriver.Chrome]":
        """Wait for a condition, not for a time; an element redrawn meanwhile is looked up again."""
        redrawn = (NoSuchElementException, StaleElementReferenceException)
        return WebDriverWait(self.driver, WAIT_SECONDS, poll_frequency=0.1, ignored_exceptions=redrawn)

    def picture(self, name: str) -> Path:
        """Save what is to be seen as ``screenshots/<name>-<language>.png``."""
        PICTURES.mkdir(exist_ok=True)
        self.settle()
        path = PICTURES / f"{name}-{self.language}.png"
        self.driver.save_screenshot(str(path))
        return path

    def errors(self) -> list[str]:
        """Errors of scripts and missing files since the last question; ``/healthz`` is no page and has no icon."""
        messages = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        return [message for message in messages if "/favicon.ico" not in message]


def _driver(language: str) -> webdriver.Chrome:
    options = Options()
    options.binary_location = shutil.which("chromium") or ""
    for argument in (
        "--headless=new",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1440,1000",
        "--hide-scrollbars",
        f"--lang={LANGUAGES[language]}",
        f"--accept-lang={LANGUAGES[language]}",
        "--host-resolver-rules=MAP *.localhost 127.0.0.1",
    ):
        options.add_argument(argument)
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")  # chromium's sandbox refuses root
    options.add_experimental_option("prefs", {"intl.accept_languages": LANGUAGES[language]})
    options.set_capability("goog:loggingPrefs", {"browser": "SEVERE"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver") or "chromedriver"))


@pytest.fixture(scope="session")
def _drivers() -> Iterator[Callable[[str], webdriver.Chrome]]:
    """One chromium per language for the whole run."""
    opened: dict[str, webdriver.Chrome] = {}

    def get(language: str) -> webdriver.Chrome:
        if language not in opened:
            opened[language] = _driver(language)
        return opened[language]

    yield get
    for driver in opened.values():
        driver.quit()


@pytest.fixture(params=sorted(LANGUAGES))
def browser(
    request: pytest.FixtureRequest, installation: Installation, _drivers: Callable[[str], webdriver.Chrome]
) -> Browser:
    """A signed-out browser; the test runs once in Chinese and once in English."""
    found = Browser(_drivers(request.param), installation, request.param)
    for host in ("demo.localhost", "localhost"):
        found.sign_out(host=host)
    found.errors()  # what an earlier test left
    return found
