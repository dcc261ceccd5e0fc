"""``manage.py wms_confirm``: the signed call it prints is the one the webhook takes."""

import itertools
import json
import shlex
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories.warehousing import make_connection, make_notice, make_warehouse
from tests.support.clients import NamespaceApiClient
from warehousing.choices import ShipNoticeStatus


def printed(sn: str, **options: object) -> list[str]:
    out = StringIO()
    call_command("wms_confirm", namespace="alpha", notice=sn, print_only=True, stdout=out, **options)
    return shlex.split(out.getvalue())


def test_the_printed_curl_call_ships_the_rest(api_for: Callable[..., NamespaceApiClient]) -> None:
    notice = make_notice(make_connection(code="bj").warehouse)

    words = printed(notice.sn, tracking="SF9", url="http://localhost:8000/")
    headers = dict(word.split(": ", 1) for flag, word in itertools.pairwise(words) if flag == "-H")
    body = words[words.index("--data-binary") + 1]

    assert words[:4] == ["curl", "-X", "POST", "http://localhost:8000/api/v1/warehousing/wms/bj/events/"]
    assert headers["Host"] == "alpha.testserver"
    assert json.loads(body)["events"][0]["lines"] == [{"lineNo": 1, "quantity": 5}, {"lineNo": 2, "quantity": 3}]

    answer = api_for(None).post(
        "/api/v1/warehousing/wms/bj/events/",
        data=body.encode(),
        content_type="application/json",
        headers={name: value for name, value in headers.items() if name.startswith("webhook-")},
    )
    assert answer.status_code == 200
    notice.refresh_from_db()
    assert (notice.status_id, notice.tracking_no) == (ShipNoticeStatus.DONE, "SF9")
    with pytest.raises(CommandError, match="left already"):
        printed(notice.sn)


def test_it_calls_the_port_the_product_was_started_on(monkeypatch: pytest.MonkeyPatch) -> None:
    notice = make_notice(make_connection(code="bj").warehouse)

    monkeypatch.setenv("PORT", "8123")
    assert printed(notice.sn)[3] == "http://127.0.0.1:8123/api/v1/warehousing/wms/bj/events/"
    monkeypatch.delenv("PORT")
    assert printed(notice.sn)[3] == "http://127.0.0.1:8000/api/v1/warehousing/wms/bj/events/"


def test_what_it_cannot_do_is_said() -> None:
    with pytest.raises(CommandError, match="no ship notice 'SN-NO'"):
        printed("SN-NO")
    with pytest.raises(CommandError, match="no WMS connection"):
        printed(make_notice(make_warehouse()).sn)
    with pytest.raises(CommandError, match="no namespace 'nowhere'"):
        call_command("wms_confirm", namespace="nowhere", notice="SN")
    notice = make_notice(make_connection().warehouse)
    with pytest.raises(CommandError, match="does not answer"):
        call_command("wms_confirm", namespace="alpha", notice=notice.sn, url="http://127.0.0.1:9", stdout=StringIO())
