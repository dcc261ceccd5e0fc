"""The first page anybody sees, in both languages, on a namespace and on the platform."""

from urllib.error import HTTPError
from urllib.request import Request

import pytest

from tests.browser.conftest import Browser, Installation
from tests.support.surroundings import DIRECT

TITLES = {"zh-hans": "登录", "en": "Log in"}


@pytest.mark.parametrize("host", ["demo.localhost", "localhost"])
def test_the_login_page_speaks_the_visitors_language(browser: Browser, host: str) -> None:
    browser.open("/admin/", host=host)

    assert "/admin/login/" in browser.driver.current_url
    assert TITLES[browser.language] in browser.driver.page_source
    browser.picture(f"login-{host.partition('.')[0]}")
    assert browser.errors() == []


def test_a_wrong_password_stays_outside(browser: Browser) -> None:
    browser.open("/admin/login/")
    browser.fill("username", "admin")
    browser.fill("password", "not the password")
    browser.press("button[type=submit]")

    browser.wait().until(lambda driver: "errornote" in driver.page_source or "not the" not in driver.page_source)
    assert "/admin/login/" in browser.driver.current_url


def test_an_unknown_host_is_nobodys(installation: Installation) -> None:
    request = Request(f"http://127.0.0.1:{installation.port}/admin/", headers={"Host": "nowhere.localhost"})

    with pytest.raises(HTTPError) as refused:
        DIRECT.open(request)

    assert refused.value.code == 404
