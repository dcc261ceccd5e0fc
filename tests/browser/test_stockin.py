"""A stock-in from the empty form to goods on the shelf, by two people; and what happens when one person tries alone."""

from stores.choices import DocumentStatus
from tests.browser.conftest import Browser
from tests.browser.pages import choose, offers, press_action, reads, said, save, status, waterfall

SKU = "YG-TEA-100"
UNITS = 7


def type_in(browser: Browser) -> str:
    """Type in a purchase of one line; the document's number."""
    browser.open("/admin/stores/stockin/add/")
    choose(browser, "warehouse", "上海")
    choose(browser, "owner", "云谷")
    choose(browser, "lines-0-product", SKU)
    browser.fill("lines-0-count", str(UNITS))
    browser.fill("lines-0-price", "12.50")
    browser.picture("stockin-new")
    save(browser)
    number = browser.driver.title.split()[0]
    assert number.startswith("IN-"), browser.text()
    return number


def test_two_people_bring_goods_in(browser: Browser) -> None:
    browser.sign_in("clerk", "demo-clerk")
    before = waterfall(browser, SKU)
    number = type_in(browser)
    page = browser.driver.current_url
    assert reads(browser, status(browser, DocumentStatus.DRAFT))
    assert "87.50" in browser.text()
    browser.picture("stockin-draft")

    press_action(browser, "submit")
    assert reads(browser, status(browser, DocumentStatus.PENDING))
    assert not offers(browser, "approve")  # a clerk may not
    browser.picture("stockin-pending")
    assert waterfall(browser, SKU) == before

    browser.sign_in("manager", "demo-manager")
    browser.driver.get(page)
    browser.settle()
    press_action(browser, "approve")
    assert reads(browser, status(browser, DocumentStatus.DONE))
    assert number in browser.text()
    browser.picture("stockin-done")

    after = waterfall(browser, SKU)
    assert {name: after[name] - before[name] for name in after} == dict.fromkeys(after, UNITS)
    browser.picture("waterfall")
    assert browser.errors() == []


def test_nobody_approves_their_own_document(browser: Browser) -> None:
    browser.sign_in("manager", "demo-manager")
    before = waterfall(browser, SKU)
    type_in(browser)
    press_action(browser, "submit")

    press_action(browser, "approve")

    assert said(browser, "A document is approved or rejected by somebody else than its author.") in browser.text()
    assert reads(browser, status(browser, DocumentStatus.PENDING))
    browser.picture("self-approval")
    assert waterfall(browser, SKU) == before
    assert browser.errors() == []


def test_a_line_without_a_quantity_is_refused_beside_the_line(browser: Browser) -> None:
    browser.sign_in("clerk", "demo-clerk")
    browser.open("/admin/stores/stockin/add/")
    choose(browser, "warehouse", "上海")
    choose(browser, "owner", "云谷")
    choose(browser, "lines-0-product", SKU)
    browser.driver.execute_script("document.querySelectorAll('form').forEach(form => { form.noValidate = true; })")

    save(browser)

    assert "/add/" in browser.driver.current_url
    assert said(browser, "This field is required.") in browser.text()
    assert browser.errors() == []
