"""Every screen that matters, as an administrator sees it: it opens, complains of nothing, loads nothing from afar."""

import pytest
from selenium.webdriver.common.by import By

from tests.browser.conftest import LANGUAGES, Browser

LISTS = {
    "goods": "/admin/stores/goods/",
    "stores": "/admin/stores/store/",
    "stockins": "/admin/stores/stockin/",
    "stockouts": "/admin/stores/stockout/",
    "members": "/admin/partners/partner/",
    "credits": "/admin/credits/credit/",
    "credit-accounts": "/admin/credits/creditreport/",
    "products": "/admin/catalog/product/",
    "skus": "/admin/catalog/productinfo/",
    "returns": "/admin/orders/returnorder/",
    "payments": "/admin/payments/payment/",
    "refunds": "/admin/payments/refund/",
    "ledger": "/admin/inventory/ledgerentry/",
    "logical-stock": "/admin/inventory/logicalstock/",
    "physical-stock": "/admin/inventory/physicalstock/",
    "channel-stock": "/admin/inventory/channelstock/",
    "reservations": "/admin/inventory/reservation/",
    "channels": "/admin/inventory/channel/",
    "pools": "/admin/inventory/allocationpool/",
    "receipt-rules": "/admin/inventory/assignmentrule/",
    "supply": "/admin/inventory/supplyline/",
    "promises": "/admin/inventory/waitingpromise/",
    "safety": "/admin/inventory/safetypolicy/",
    "safety-releases": "/admin/inventory/safetyrelease/",
    "safety-reviews": "/admin/inventory/safetyreview/",
    "locks": "/admin/inventory/stocklock/",
    "stocktakes": "/admin/inventory/stocktake/",
    "snapshots": "/admin/inventory/wmssnapshot/",
    "differences": "/admin/inventory/snapshotdifference/",
    "proofs": "/admin/inventory/reconcilerun/",
    "warehouses": "/admin/warehousing/warehouse/",
    "shelves": "/admin/warehousing/shelf/",
    "ship-notices": "/admin/warehousing/shipnotice/",
    "wms-messages": "/admin/warehousing/wmsmessage/",
    "events": "/admin/events/event/",
    "deliveries": "/admin/events/delivery/",
    "users": "/admin/accounts/user/",
}
FORMS = {"rack-opening": "/admin/warehousing/shelf/add/", "store-opening": "/admin/stores/store/add/"}
PLATFORM = {
    "namespace-add": "/admin/namespaces/namespace/add/",
    "jobs": "/admin/namespaces/jobrun/",
    "dead-letters": "/admin/namespaces/deadletter/",
}


def test_lists_and_first_objects_open(browser: Browser) -> None:
    """Every list in both languages; the page of its first object in one of them, by turns."""
    browser.sign_in("admin", "demo-admin")
    for index, (name, path) in enumerate(LISTS.items()):
        _look(browser, f"list-{name}", path)
        links = browser.driver.find_elements(By.CSS_SELECTOR, "#result_list tbody th a")
        assert links, f"{name} is empty"
        if index % len(LANGUAGES) != sorted(LANGUAGES).index(browser.language):
            continue
        _look(browser, f"page-{name}", str(links[0].get_attribute("href")).split(str(browser.installation.port), 1)[1])
    for name, path in FORMS.items():
        _look(browser, name, path)


@pytest.mark.parametrize("name", sorted(PLATFORM))
def test_pages_of_the_platform_open(browser: Browser, name: str) -> None:
    browser.sign_in("platform", "demo-platform", host="localhost")

    _look(browser, f"platform-{name}", PLATFORM[name], host="localhost")


def _look(browser: Browser, name: str, path: str, *, host: str = "demo.localhost") -> None:
    """Open a page, keep its picture, and check what it loaded and said."""
    browser.open(path, host=host)
    browser.picture(name)
    assert browser.driver.find_elements(By.ID, "content"), f"{path} is no page of the back office"
    assert browser.errors() == [], path
    loaded = "return performance.getEntriesByType('resource').map(entry => new URL(entry.name).host)"
    foreign = {address for address in browser.driver.execute_script(loaded) if address.split(":")[0] != host}
    assert foreign == set(), path
