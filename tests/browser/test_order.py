"""An order's page from unpaid to received, by the people who move it on; the stock falls and the ledger says why."""

from decimal import Decimal

from selenium.webdriver.common.by import By

from orders.choices import OrderFulfilment, OrderPayment, OrderStatus
from tests.browser.conftest import Browser
from tests.browser.pages import first_row, offers, press_action, reads, status, waterfall

UNPAID = f"/admin/orders/order/?status={int(OrderStatus.OPEN)}&payment_status={int(OrderPayment.UNPAID)}"


def wait_for(browser: Browser, text: str) -> None:
    """Reload until the page shows what the background jobs do."""

    def shows(_driver: object) -> bool:
        browser.driver.refresh()
        browser.settle()
        return reads(browser, text)

    browser.wait().until(shows)


def goods_of(browser: Browser) -> tuple[str, int, str]:
    """SKU and units of the order's first line, and what the lines cost together as it is typed."""
    script = """return [...document.querySelectorAll('td a[href*="/waterfall/"]')].map(
        link => [...link.closest('tr').querySelectorAll('td')].map(cell => cell.textContent.trim()))"""
    lines: list[list[str]] = browser.driver.execute_script(script)
    total = sum(Decimal(line[5].replace(",", "")) for line in lines)
    return lines[0][1], int(lines[0][4]), str(total)


def test_an_order_is_paid_shipped_and_completed(browser: Browser) -> None:
    browser.sign_in("manager", "demo-manager")
    browser.open(UNPAID)
    browser.picture("orders")
    number = first_row(browser)
    page = browser.driver.current_url
    sku, units, total = goods_of(browser)
    browser.picture("order-unpaid")
    before = waterfall(browser, sku)

    browser.driver.get(page)
    browser.settle()
    press_action(browser, "confirm-payment", amount=total, reference=f"bank {number}")
    assert reads(browser, status(browser, OrderPayment.PAID))

    if offers(browser, "release"):  # else the scheduler was faster
        press_action(browser, "release")
    wait_for(browser, status(browser, OrderFulfilment.NOTICED))
    assert number in browser.text()
    browser.picture("order-at-the-warehouse")

    browser.sign_in("warehouse", "demo-warehouse")
    browser.open(f"/admin/warehousing/shipnotice/?q={number}")
    notices = len(browser.settle().driver.find_elements(By.CSS_SELECTOR, "#result_list tbody tr"))
    assert notices >= 1
    for index in range(notices):
        browser.open(f"/admin/warehousing/shipnotice/?q={number}")
        browser.driver.find_elements(By.CSS_SELECTOR, "#result_list tbody th a")[index].click()
        press_action(browser, "confirm", company="顺丰", tracking_no="SF1000200030")
    browser.picture("ship-notice-done")

    browser.sign_in("manager", "demo-manager")
    browser.driver.get(page)
    browser.settle()
    wait_for(browser, status(browser, OrderFulfilment.SHIPPED))
    assert "SF1000200030" in browser.text()
    press_action(browser, "complete")
    assert reads(browser, status(browser, OrderStatus.COMPLETED))
    browser.picture("order-completed")

    assert waterfall(browser, sku)["on_hand"] <= before["on_hand"] - units
    browser.open(f"/admin/inventory/ledgerentry/?source_sn__exact={number}")
    assert number in browser.text()
    assert sku in browser.text()
    browser.picture("ledger-of-an-order")
    assert browser.errors() == []
