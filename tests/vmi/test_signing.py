"""Signed messages: only who knows the secret, only now, only these bytes (S19)."""

from datetime import UTC, datetime, timedelta

import pytest

from vmi.core.signing import SignatureExpired, SignatureRefused, sign, signed_headers, verify

pytestmark = pytest.mark.no_database

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'


def headers(secret: str = SECRET, body: bytes = BODY, at: datetime = AT) -> dict[str, str]:
    return signed_headers(secret, "msg_1", body, at=at)


def test_the_published_example_of_the_format_is_met() -> None:
    signature = sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, BODY)

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_good_message_tells_its_id_whatever_the_case_of_its_headers() -> None:
    assert verify([SECRET], headers(), BODY, now=AT) == "msg_1"
    assert verify([SECRET], {name.title(): value for name, value in headers().items()}, BODY, now=AT) == "msg_1"


def test_during_a_rotation_both_secrets_work_and_afterwards_one() -> None:
    assert verify(["new", SECRET], headers(), BODY, now=AT) == "msg_1"
    both = {**headers(), "webhook-signature": f"v1,xx {headers('new')['webhook-signature']}"}
    assert verify(["new"], both, BODY, now=AT) == "msg_1"
    with pytest.raises(SignatureRefused):
        verify(["new"], headers(), BODY, now=AT)


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_old_and_future_messages_are_refused(seconds: int) -> None:
    with pytest.raises(SignatureExpired):
        verify([SECRET], headers(), BODY, now=AT + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_messages_of_the_last_minutes_are_accepted(seconds: int) -> None:
    assert verify([SECRET], headers(), BODY, now=AT + timedelta(seconds=seconds)) == "msg_1"


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v0," + headers()["webhook-signature"][3:]},
        {"webhook-signature": "é"},
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-id": "x" * 129},
        {"webhook-id": "é"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "١٢٣"},
        {"webhook-timestamp": "9" * 30},
        {"webhook-timestamp": str(int(AT.timestamp()) + 1)},
    ],
)
def test_any_change_of_a_header_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(SignatureRefused):
        verify([SECRET], {**headers(), **change}, BODY, now=AT)


def test_any_change_of_the_body_is_refused() -> None:
    with pytest.raises(SignatureRefused):
        verify([SECRET], headers(), BODY[:-1] + b"]", now=AT)


@pytest.mark.parametrize("secrets", [[], [""], ["other"]])
def test_without_the_secret_nothing_is_accepted(secrets: list[str]) -> None:
    with pytest.raises(SignatureRefused):
        verify(secrets, headers(secret="x"), BODY, now=AT)
