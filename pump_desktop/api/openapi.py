"""How request bodies are documented: they are read by hand, for sentences FastAPI would not find."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, HTMLResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from swagger_ui_bundle import swagger_ui_path  # type: ignore[import-untyped]  # ships none

# Swagger UI 4, the one that comes as a package, draws OpenAPI 3.0 and refuses 3.1.
OPENAPI_VERSION = "3.0.3"

_FILES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}

_PAGE = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Pump Desktop: the listener's endpoints</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
  </head>
  <body>
    <div id="page"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
"""
_START = "SwaggerUIBundle({url: '/openapi.json', dom_id: '#page', deepLinking: true, validatorUrl: null});\n"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def page() -> HTMLResponse:
    """Give the page on which every endpoint can be read and tried."""
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})


@router.get("/docs/start.js")
async def start() -> HTMLResponse:
    """Give the line that starts the page; in a file, so that the page needs no script of its own."""
    return HTMLResponse(_START, media_type="text/javascript")


@router.get("/docs/{name}")
async def page_file(name: str) -> FileResponse:
    """Give one of the page's files."""
    if name not in _FILES:
        raise HTTPException(404)
    return FileResponse(swagger_ui_path / name, media_type=_FILES[name])


def add_openapi(app: FastAPI) -> None:
    """Let the application describe itself in the version that its page draws."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
            )
            schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
            schemes["token"] = {
                "type": "apiKey",
                "in": "header",
                "name": "X-Ingest-Token",
                "description": "What `pump-desktop token show` prints.",
            }
            document["security"] = [{"token": []}]
            _put_examples_back(document["components"].get("schemas", {}))
            app.openapi_schema = as_3_0(document) | {"openapi": OPENAPI_VERSION}
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]  # FastAPI's documented way


def _put_examples_back(schemas: dict[str, Any]) -> None:
    """Show each body as its model does: ``get_openapi`` takes every null out, also out of examples."""
    waiting: list[type[BaseModel]] = [BaseModel]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        extra = model.model_config.get("json_schema_extra")
        if isinstance(extra, dict) and "examples" in extra and model.__name__ in schemas:
            schemas[model.__name__]["examples"] = deepcopy(extra["examples"])


def as_3_0(node: Any, *, verbatim: bool = False) -> Any:
    """Give a part of an OpenAPI 3.1 document in the words of 3.0; examples are left as they are."""
    if isinstance(node, list):
        return [as_3_0(part) for part in node]
    if not isinstance(node, dict) or verbatim:
        return node
    told = {
        key: as_3_0(value, verbatim=key in {"example", "examples", "default"}) for key, value in node.items()
    }
    if isinstance(told.get("examples"), list):
        # A schema's list of examples; those of media types and parameters are objects and stay.
        told["example"] = told.pop("examples")[0]
    if "prefixItems" in told:
        # A tuple; those here hold one type.
        told["items"] = told.pop("prefixItems")[0]
    if "const" in told:
        told["enum"] = [told.pop("const")]
    for bound, name in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(told.get(bound), int | float) and not isinstance(told[bound], bool):
            told[name], told[bound] = told[bound], True
    return _nullable(told)


def _nullable(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give a schema whose type ``null`` among others has become ``nullable``."""
    others = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if len(others) == len(schema.get("anyOf", [])):
        return dict(schema)
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    if len(others) > 1:
        return {"anyOf": others, "nullable": True, **rest}
    # Beside a $ref nothing else counts in 3.0.
    inner = {"allOf": others} if "$ref" in others[0] else others[0]
    return {**inner, "nullable": True, **rest}


SEED = "564e967b90f03d0153fdcb2d2d1cc5a5057e0df78163611fe3801d6498e681ca"
HASH = "f09d12a373d2c7fc425ae2bec17dd7b2d0e80cb6813aeff9b890dc76ff6dbbb2"

SEED_SCHEMA = {"type": "string", "minLength": 1, "maxLength": 256}
NONCE_SCHEMA = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}
DIFFICULTY_SCHEMA = {"type": "string", "enum": ["easy", "medium", "hard", "expert"]}
ID_SCHEMA = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}


def json_body(
    title: str, properties: dict[str, Any], example: dict[str, Any], *, required: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Give the documentation of a JSON object in a request."""
    schema: dict[str, Any] = {"type": "object", "title": title, "properties": properties}
    if required:
        schema["required"] = list(required)
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema, "example": example}},
        }
    }


_FLAT = {
    "id": "bet-1",
    "dateTime": "2025-09-08T20:31:11.123Z",
    "nonce": 1,
    "amount": 0.2,
    "payout": 0.326,
    "difficulty": "expert",
    "roundTarget": 1.63,
    "roundResult": 1.63,
    "clientSeed": "sample-client",
    "serverSeedHashed": HASH,
}
_HEARTBEAT = {
    "type": "heartbeat",
    "nonce": 2,
    "roundResult": 1.0,
    "clientSeed": "sample-client",
    "serverSeedHashed": HASH,
}
_RAW = {
    "id": "raw-3",
    "nonce": 3,
    "amount": 0.2,
    "payout": 0,
    "currency": "eth",
    "dateTime": "2025-09-08T20:31:12.000Z",
    "state": {
        "difficulty": "expert",
        "roundTarget": 1,
        "roundTargetMultiplier": 1.63,
        "roundResult": 0,
        "roundResultMultiplier": 1.0,
    },
    "clientSeed": "sample-client",
    "serverSeedHashed": HASH,
}
_EXAMPLES = {
    "bet": {"summary": "A bet", "value": _FLAT},
    "heartbeat": {"summary": "A round without a bet", "value": _HEARTBEAT},
    "lastBet": {"summary": "Antebot's lastBet as it is", "value": _RAW},
}
_MULTIPLIER = {"type": "number", "minimum": 0, "maximum": 1e12}
_MONEY = {"type": "number", "minimum": 0, "maximum": 1e15}

_MESSAGE: dict[str, Any] = {
    "type": "object",
    "title": "Message",
    "description": "A bet, a heartbeat, or a raw lastBet with its nested state; other keys are ignored.",
    "required": ["nonce", "clientSeed"],
    "properties": {
        "type": {"type": "string", "enum": ["bet", "heartbeat"]},
        "id": {"oneOf": [{"type": "string", "minLength": 1, "maxLength": 256}, {"type": "integer"}]},
        "dateTime": {"type": "string", "nullable": True},
        "nonce": NONCE_SCHEMA,
        "amount": _MONEY,
        "payout": _MONEY,
        "currency": {"type": "string"},
        "difficulty": {"type": "string", "description": "easy, medium, hard or expert; any letter case."},
        "roundTarget": {**_MULTIPLIER, "nullable": True},
        "roundResult": _MULTIPLIER,
        "roundResultMultiplier": _MULTIPLIER,
        "state": {"type": "object"},
        "clientSeed": SEED_SCHEMA,
        "serverSeedHashed": SEED_SCHEMA,
        "serverSeed": SEED_SCHEMA,
    },
}

MESSAGE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _MESSAGE, "examples": _EXAMPLES},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}
BATCH_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "maxItems": 1000, "items": _MESSAGE},
                "example": [_FLAT, _HEARTBEAT],
            },
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}
