"""The first page of both back offices, the switch of the language, and the menu."""

from typing import Any

import pytest
from selenium.webdriver.common.by import By

from tests.browser.conftest import LANGUAGES, Browser
from tests.browser.pages import said

PAGE = 50
"""Rows of a list's page; longer lists are not counted."""


def cards(browser: Browser) -> list[tuple[str, str, str]]:
    """Title, value and address of every card that is a link."""
    script = """return [...document.querySelectorAll('a.bo-card')].map(card => [
        card.querySelector('.bo-card-title').lastChild.textContent.trim(),
        card.querySelector('.bo-card-value').textContent.trim(), card.getAttribute('href')])"""
    found: list[tuple[str, str, str]] = [tuple(card) for card in browser.driver.execute_script(script)]
    return found


def results(browser: Browser) -> int:
    """How many objects the list has, as its own footer says."""
    script = "return document.querySelectorAll('#result_list tbody tr').length"
    browser.settle()
    shown = int(browser.driver.execute_script(script))
    assert shown < PAGE, "the list has several pages"
    return shown


def test_every_number_leads_to_the_list_it_counts(browser: Browser) -> None:
    browser.sign_in("manager", "demo-manager")
    browser.open("/admin/")
    browser.picture("dashboard")
    found = [card for card in cards(browser) if card[2].partition("?")[2] and card[1].replace(",", "").isdigit()]
    assert len(found) >= 10

    for title, value, url in found:
        if int(value.replace(",", "")) >= PAGE:
            continue
        browser.open(url)
        assert results(browser) == int(value), title
    assert browser.errors() == []


def test_the_chart_is_drawn(browser: Browser) -> None:
    browser.sign_in("manager", "demo-manager")

    script = """const canvas = document.querySelector('canvas.chart');
        return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(value => value > 0)"""
    assert browser.driver.execute_script(script) is True


def test_a_store_member_sees_their_own_cards_only(browser: Browser) -> None:
    browser.sign_in("store", "demo-store")
    text = browser.text()

    assert said(browser, "Quarantined WMS messages") not in text
    browser.picture("dashboard-of-a-store-member")
    assert browser.errors() == []


def test_the_switch_changes_the_language_and_stays_on_the_page(browser: Browser) -> None:
    browser.sign_in("clerk", "demo-clerk")
    browser.open("/admin/stores/stockin/")
    other = next(code for code in LANGUAGES if code != browser.language)

    browser.press(f'.bo-language button[value="{other}"]')
    browser.wait().until(lambda driver: driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == other)
    assert browser.driver.current_url.endswith("/admin/stores/stockin/")

    browser.press(f'.bo-language button[value="{browser.language}"]')
    browser.wait().until(
        lambda driver: driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == browser.language
    )
    assert browser.errors() == []


@pytest.fixture
def platform(browser: Browser) -> Any:
    """Signed in to the platform's own back office."""
    return browser.sign_in("platform", "demo-platform", host="localhost")


def test_an_operator_opens_a_namespace_and_its_login_answers(platform: Browser) -> None:
    name = f"browser_{platform.language[:2]}"
    platform.picture("platform")
    platform.open("/admin/namespaces/namespace/add/", host="localhost")
    for field, value in (("schema_name", name), ("name", name.title()), ("domain", f"{name[-2:]}.localhost")):
        platform.fill(field, value)
    platform.press('button[name="_save"], input[name="_save"]')
    platform.picture("namespace-opening")

    def is_open(driver: Any) -> bool:
        driver.get(platform.installation.url("/admin/namespaces/namespace/", host="localhost"))
        row = driver.find_element(By.XPATH, f"//tr[.//a[text()='{name}']]")
        return "5/5" in row.text

    platform.wait().until(is_open)
    platform.picture("namespaces")
    platform.open("/admin/login/", host=f"{name[-2:]}.localhost")
    assert name.title() in platform.text()
    assert platform.errors() == []
