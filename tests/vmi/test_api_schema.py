"""The OpenAPI document is complete: every refusal, every key, one language, one page that works offline."""

import json
import re
from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

SCHEMA = "/api/v1/schema/"


@pytest.fixture
def document(api_for: Any) -> dict[str, Any]:
    response = api_for().get(SCHEMA, headers={"Accept-Language": "en"})
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_is_valid_and_made_without_warnings() -> None:
    with GENERATOR_STATS.silence():
        GENERATOR_STATS.reset()
        schema = SchemaGenerator().get_schema(request=None, public=True)

    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})
    validate_schema(schema)


def test_every_operation_documents_its_refusals(document: dict[str, Any]) -> None:
    assert len(operations(document)) > 100
    for path, method, operation in operations(document):
        answers = operation["responses"]
        assert {"400", "404", "429", "503"} <= set(answers), (method, path)
        if operation.get("security"):
            assert {"401", "403"} <= set(answers), (method, path)
        if "requestBody" in operation:
            assert {"413", "415"} <= set(answers), (method, path)
            assert list(operation["requestBody"]["content"]) == ["application/json"], (method, path)
        for status, answer in answers.items():
            if status.startswith(("4", "5")):
                assert answer == {"$ref": f"#/components/responses/Error{status}"}
    for answer in document["components"]["responses"].values():
        assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}
        assert answer["description"]


def test_placing_an_order_documents_its_key(document: dict[str, Any]) -> None:
    [key] = [item for item in document["paths"]["/api/v1/vmi/order/"]["post"]["parameters"] if item["in"] == "header"]

    assert (key["name"], key["required"]) == ("Idempotency-Key", True)


def test_every_call_says_in_a_sentence_what_it_does(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        summary = operation["summary"]
        assert 5 < len(summary) <= 160, (method, path, summary)
        assert not re.search(r"\((?:C|S\d+|R|J|I)-?\d", summary + operation["description"]), (method, path)
        assert "``" not in summary + operation["description"], (method, path)
    paths = document["paths"]
    assert paths["/api/v1/inventory/{id}/adjust/"]["put"]["summary"].startswith(
        "ADD, SUBTRACT or SET the units of a row"
    )
    assert paths["/api/v1/inventory/channels/"]["get"]["summary"] == "List: Sales channels; stores open theirs"
    assert "Idempotency-Key" in document["info"]["description"]


def test_the_calls_of_a_large_app_stand_under_its_parts(document: dict[str, Any]) -> None:
    tags = {path: operation["tags"] for path, _method, operation in operations(document)}

    assert tags["/api/v1/inventory/reserve/order/"] == ["inventory · hold"]
    assert tags["/api/v1/inventory/channels/"] == ["inventory"]
    assert tags["/api/v1/vmi/order/"] == ["order"]


@pytest.mark.parametrize(
    "path", ["/api/v1/inventory/reserve/cart/", "/api/v1/inventory/reserve/order/{id}/"], ids=["cart", "order"]
)
def test_giving_goods_back_answers_with_what_is_left(path: str, document: dict[str, Any]) -> None:
    answers = document["paths"][path]["delete"]["responses"]

    assert "204" not in answers
    assert "content" in answers["200"]


def test_names_on_the_wire_are_camel_case(document: dict[str, Any]) -> None:
    snake = re.compile(r"[a-z]_[a-z]")
    for name, schema in document["components"]["schemas"].items():
        if name == "Error":
            continue
        assert not [item for item in schema.get("properties", {}) if snake.search(item)], name
    for path, method, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert not snake.search(parameter["name"]), (method, path, parameter["name"])


def test_lists_are_pages(document: dict[str, Any]) -> None:
    answer = document["paths"]["/api/v1/vmi/status/"]["get"]["responses"]["200"]
    reference = answer["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]

    assert set(document["components"]["schemas"][reference]["required"]) == {"results", "next", "previous"}


def test_the_document_is_english_whoever_asks(api_for: Any, document: dict[str, Any]) -> None:
    again = api_for().get(SCHEMA, headers={"Accept-Language": "zh-hans"})

    assert again.json() == document
    assert again.headers["Content-Language"] == "en"
    assert not re.search("[\u4e00-\u9fff]", json.dumps(document, ensure_ascii=False))


def test_the_docs_page_needs_nothing_from_elsewhere(client_for: Any) -> None:
    page = client_for().get("/api/docs/")

    assert page.status_code == 200
    text = page.content.decode()
    assert "swagger-ui-bundle.js" in text
    assert not re.findall(r"(?:src|href)=\"https?://", text)
