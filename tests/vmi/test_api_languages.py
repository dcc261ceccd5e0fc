"""Refusals of the API in both languages, whoever made them: our services, our serializers, or the framework."""

import re
from typing import Any

import pytest

CHINESE = re.compile("[\u4e00-\u9fff]")
ANSWERS = [
    ("get", "/api/v1/vmi/partner/?nobodyReadsThis=1", None, "unknown_parameter"),
    ("get", "/api/v1/vmi/partner/?pageSize=x", None, "invalid_page_size"),
    ("get", "/api/v1/vmi/partner/?cursor=x", None, "invalid_cursor"),
    ("get", "/api/v1/vmi/partner/987654321/", None, "not_found"),
    ("get", "/api/v1/nowhere/", None, "not_found"),
    ("delete", "/api/v1/vmi/status/", None, "method_not_allowed"),
    ("post", "/api/v1/vmi/partner/", "null", "null"),
    ("post", "/api/v1/vmi/partner/", "[]", "not_a_dict"),
    ("post", "/api/v1/vmi/partner/", "{", "malformed_json"),
    ("post", "/api/v1/vmi/partner/", "{}", "required"),
    ("post", "/api/v1/vmi/partner/", '{"name": null}', "null"),
    ("post", "/api/v1/vmi/partner/", '{"name": ""}', "blank"),
    ("post", "/api/v1/vmi/partner/", '{"name": 1}', "invalid_string"),
    ("post", "/api/v1/vmi/partner/", '{"name": "a", "zz": 1}', "unknown_field"),
    ("post", "/api/v1/vmi/partner/", '{"name": "a", "telephone": "x"}', "invalid_partner"),
    ("post", "/api/v1/vmi/partner/", '{"name": "a\\u0000"}', "invalid_character"),
    ("post", "/api/v1/vmi/product/", '{"name": "a", "expire": 0}', "invalid_product"),
    ("post", "/api/v1/vmi/product/", '{"name": "a", "expire": "x"}', "invalid_integer"),
    ("post", "/api/v1/vmi/product/", '{"name": "a", "category": 987654321}', "does_not_exist"),
    ("post", "/api/v1/vmi/product/", '{"name": "a", "category": "x"}', "incorrect_type"),
    ("post", "/api/v1/partners/register/", '{"username": "u", "password": "1", "name": "n"}', "weak_password"),
    ("post", "/api/v1/auth/login/", '{"username": "u", "password": "x"}', "invalid_credentials"),
    ("post", "/api/v1/auth/refresh/", '{"refresh": "x"}', "token_invalid"),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "code"), ANSWERS, ids=[f"{item[0]} {item[1]} {item[2]}" for item in ANSWERS]
)
def test_a_refusal_speaks_both_languages(
    method: str, path: str, body: str | None, code: str, api_for: Any, staff: Any
) -> None:
    api = api_for(staff(superuser=True))

    def ask(language: str) -> dict[str, Any]:
        answer = api.generic(
            method.upper(), path, body or "", "application/json", headers={"Accept-Language": language}
        )
        assert answer.headers["Content-Language"] == language
        found: dict[str, Any] = answer.json()["error"]
        return found

    chinese, english = ask("zh-hans"), ask("en")

    assert chinese["code"] == english["code"] == code
    assert CHINESE.search(chinese["message"])
    for sentence in (chinese["message_en"], english["message_en"], english["message"]):
        assert sentence
        assert not CHINESE.search(sentence)
        assert "{" not in sentence
        assert "%(" not in sentence


def test_a_token_in_two_words_is_refused(api_for: Any) -> None:
    api = api_for()
    api.credentials(HTTP_AUTHORIZATION="Bearer one two")

    error = api.get("/api/v1/vmi/partner/").json()["error"]

    assert (error["code"], error["message"], error["message_en"]) == (
        "token_invalid",
        "令牌无效。",
        "The token is not valid.",
    )


def test_the_english_of_a_sentence_of_ours_is_its_own(api_for: Any, staff: Any) -> None:
    answer = api_for(staff(superuser=True)).get("/api/v1/vmi/order/?type=9", headers={"Accept-Language": "zh-hans"})

    assert answer.json()["error"]["message"] == "type 为 1 表示销售，2 表示退货。"
    assert answer.json()["error"]["message_en"] == "type is 1 for sales or 2 for returns."


def test_a_status_is_named_in_the_callers_language(api_for: Any, staff: Any) -> None:
    api = api_for(staff(superuser=True))
    body = {"name": "张三"}

    made = [
        api.post("/api/v1/vmi/partner/", body, headers={"Accept-Language": code}).json() for code in ("zh-hans", "en")
    ]

    assert [item["statusName"] for item in made] == ["启用", "Enabled"]
