"""The document of the API (OpenAPI 3.1), read from the operations themselves: nothing is said twice."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Flask, current_app
from pydantic import BaseModel

from fablab.people.values_tokens import SCOPES
from fablab.programs import PROBLEM
from machines.values_api import BookingShape, ProblemShape, schema_of
from machines.views_operations import Operation

VERSION = "1"

_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "your own name of this request: sent again within a day it is done once and answered the same",
    "schema": {"type": "string", "minLength": 8, "maxLength": 64, "pattern": "^[!-~]{8,64}$"},
}
_OF_ADDRESS = {"type": "string", "minLength": 1, "maxLength": 40, "pattern": "^[A-Za-z0-9_-]+$"}


def operations(app: Flask) -> Iterator[tuple[str, str, str, Operation]]:
    """Every operation: method, address with {names}, its own name, what it does."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        does = getattr(app.view_functions[rule.endpoint], "operation", None)
        if isinstance(does, Operation):
            method = "post" if does.body else "get"
            yield method, rule.rule.replace("<", "{").replace(">", "}"), rule.endpoint.partition(".")[2], does


def document() -> dict[str, Any]:
    """The whole document, in the language of the request."""
    app = current_app
    paths: dict[str, dict[str, Any]] = {}
    shapes: list[type[BaseModel]] = [ProblemShape]
    for method, path, name, does in operations(app):
        paths.setdefault(path, {})[method] = _operation(path, name, does)
        shapes += [does.answers, *([does.body] if does.body else [])]
    house = app.config["PUBLIC_URL"]
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "Machines", "version": VERSION, "description": f"How it is read: {house}/api"},
        "servers": [{"url": house}],
        "paths": paths,
        "components": {
            "schemas": schema_of(shapes),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": ", ".join(SCOPES)}},
        },
    }


def _operation(path: str, name: str, does: Operation) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": name,
        "summary": str(does.summary),
        "security": [{"key": [does.scope]}],
        "parameters": _parameters(path, does),
        "responses": {str(does.status): _answer(does.status, "application/json", does.answers.__name__)},
    }
    for status in does.statuses:
        said["responses"][str(status)] = _answer(status, PROBLEM, ProblemShape.__name__)
    if does.body is not None:
        content = {"application/json": {"schema": _named(does.body.__name__)}}
        said["requestBody"] = {"required": True, "content": content}
    if does.status == 201 and does.answers is BookingShape:
        follow = {"operationId": "booking", "parameters": {"public_id": "$response.body#/id"}}
        said["responses"]["201"]["links"] = {"booking": follow}
    return said


def _parameters(path: str, does: Operation) -> list[dict[str, Any]]:
    named = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    found: list[dict[str, Any]] = [
        {"name": one, "in": "path", "required": True, "schema": _OF_ADDRESS} for one in named
    ]
    if does.query is not None:
        found += _of_query(does.query)
    return [*found, _KEY] if does.body is not None else found


def _of_query(shape: type[BaseModel]) -> Iterator[dict[str, Any]]:
    told = shape.model_json_schema()
    for name, schema in told["properties"].items():
        # What is left out is not sent as null.
        kinds = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
        kept = {word: value for word, value in schema.items() if word not in ("anyOf", "default", "title")}
        schema = {**kinds[0], **({} if kinds[0] is schema else kept)}
        schema.pop("title", None)
        yield {"name": name, "in": "query", "required": name in told.get("required", ()), "schema": schema}


def _answer(status: int, kind: str, shape: str) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase, "content": {kind: {"schema": _named(shape)}}}


def _named(shape: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{shape}"}
