"""The document of the API is valid OpenAPI 3.1, says all that is there and no more, and the page leads to it."""

import re

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient
from schemathesis.specs.openapi.definitions import OPENAPI_31

from fablab.people.values_tokens import SCOPES
from fablab.permissions import Role
from machines.openapi import operations
from tests.api.conftest import Program
from tests.make import log_in, make_staff, make_young


def test_the_document_is_valid_openapi_3_1_and_its_schemas_valid_json_schema(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    document = answer.get_json()
    assert document["openapi"].startswith("3.1.")
    jsonschema_rs.validator_for(OPENAPI_31).validate(document)
    for name, schema in document["components"]["schemas"].items():
        jsonschema_rs.meta.validate({"$schema": document["jsonSchemaDialect"], **schema})
        assert re.fullmatch(r"\w+", name)
    referred = set(re.findall(r'#/components/schemas/(\w+)"', answer.text))
    assert referred == set(document["components"]["schemas"])


def test_a_document_that_is_not_valid_is_noticed(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    document["paths"]["/api/v1/machines"]["get"]["responses"] = {"200": {}}
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validator_for(OPENAPI_31).validate(document)


def test_every_route_of_the_api_is_in_the_document_with_its_scope(app: Flask, client: FlaskClient) -> None:
    told = client.get("/api/v1/openapi.json").get_json()["paths"]
    routes = {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
    }
    assert set(told) == routes
    scopes = {one["security"][0]["key"][0] for methods in told.values() for one in methods.values()}
    assert scopes == set(SCOPES)
    for methods in told.values():
        for one in methods.values():
            assert {"400", "401", "403", "422", "429"} <= set(one["responses"])


def test_the_document_and_the_page_speak_the_language_asked(client: FlaskClient) -> None:
    path = "/api/v1/machines"
    french = client.get("/api/v1/openapi.json", headers={"Accept-Language": "fr"}).get_json()
    english = client.get("/api/v1/openapi.json", headers={"Accept-Language": "en"}).get_json()
    assert french["paths"][path]["get"]["summary"] == "Les machines, et si elles marchent"
    assert english["paths"][path]["get"]["summary"] == "The machines, and whether they work"


def test_the_page_lists_every_operation_and_leads_who_may_to_the_keys(app: Flask, client: FlaskClient) -> None:
    page = client.get("/api").text
    for method, path, _name, does in operations(app):
        assert f"{method.upper()} {path}" in page
        assert does.scope in page
    assert "/api/v1/openapi.json" in page
    assert 'href="/cles"' not in page
    log_in(client, make_staff("Nadia", roles=(Role.COORDINATOR,)))
    assert 'href="/cles"' in client.get("/api").text
    assert 'href="/cles"' in client.get("/equipe").text
    assert 'href="/api"' in client.get("/cles").text
    log_in(client, make_young())
    assert 'href="/mes-cles"' in client.get("/api").text


def test_no_answer_of_the_api_sets_a_cookie(mine: Program) -> None:
    assert "Set-Cookie" not in mine.get("/machines").headers
