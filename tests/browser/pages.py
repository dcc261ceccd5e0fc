"""Steps that several tests take on the back office's pages: typing lines, pressing buttons, reading numbers."""

from django.utils import translation
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.conftest import Browser
from vmi.statuses.seeds import SEEDS


def said(browser: Browser, text: str, context: str = "") -> str:
    """A text of the product in the browser's language, as the catalogue has it."""
    with translation.override(browser.language):
        return translation.pgettext(context, text) if context else translation.gettext(text)


def status(browser: Browser, value: int) -> str:
    """The name of a state in the browser's language, as the platform's table has it."""
    row = next(seed for seed in SEEDS if seed.value == value)
    return row.name if browser.language == "zh-hans" else row.name_en


def reads(browser: Browser, text: str) -> bool:
    """Whether the page shows a text; badges are written in capitals by their style."""
    return text.casefold() in browser.text().casefold()


def choose(browser: Browser, name: str, text: str) -> None:
    """Pick the first match for ``text`` in the search box of a field."""
    selector = f'select[name="{name}"] + .select2 .select2-selection'
    browser.press(selector)
    box = browser.wait().until(lambda driver: driver.find_element(By.CSS_SELECTOR, ".select2-search__field"))
    box.send_keys(text)
    option = ".select2-results__option--highlighted"
    browser.wait().until(lambda driver: text in driver.find_element(By.CSS_SELECTOR, option).text)
    box.send_keys(Keys.ENTER)


def press_action(browser: Browser, action: str, **answers: str) -> None:
    """Press a button above an object's page, answer its question, wait for the object's page again."""
    url = browser.driver.current_url
    link = f'a[href$="/{action}/"], a[href$="/{action}"]'
    browser.press(link)
    browser.wait().until(lambda driver: driver.current_url != url)
    browser.settle()
    for name, value in answers.items():
        browser.fill(name, value)
    browser.press("#content form button[type=submit]")
    browser.wait().until(lambda driver: "/change/" in driver.current_url)
    browser.settle()


def offers(browser: Browser, action: str) -> bool:
    """Whether the page has the button of an action."""
    browser.settle()
    return bool(browser.driver.find_elements(By.CSS_SELECTOR, f'a[href$="/{action}/"], a[href$="/{action}"]'))


def save(browser: Browser) -> None:
    """Save the form and wait for what comes next."""
    page = browser.driver.find_element(By.TAG_NAME, "html")
    browser.press('button[name="_continue"], input[name="_continue"]')
    browser.wait().until(lambda driver: _is_gone(page))
    browser.settle()


def waterfall(browser: Browser, sku: str) -> dict[str, int]:
    """On hand, available and sellable units of a SKU, read from its waterfall."""
    browser.open(f"/admin/inventory/logicalstock/waterfall/?sku={sku}")
    found = (By.CSS_SELECTOR, ".wf-totals .bo-card-value")
    values = browser.wait().until(lambda driver: driver.find_elements(*found))
    numbers = [int(value.text.replace(",", "")) for value in values]
    return dict(zip(("on_hand", "available", "sellable"), numbers, strict=True))


def first_row(browser: Browser) -> str:
    """Open the first object of the list; its title."""
    link = browser.wait().until(lambda driver: driver.find_element(By.CSS_SELECTOR, "#result_list tbody th a"))
    title = str(link.text)
    link.click()
    browser.wait().until(lambda driver: "/change/" in driver.current_url)
    browser.settle()
    return title


def _is_gone(element: WebElement) -> bool:
    try:
        element.is_enabled()
    except Exception:  # noqa: BLE001 - whatever the driver says of an element of a page that is no more
        return True
    return False
