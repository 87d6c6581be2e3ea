"""The whole description, attacked: whatever comes in, nothing breaks and every error has the one shape."""

from __future__ import annotations

import os
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pump_desktop.api.server import Listener
from tests.api.samples import TOKEN, bet

# `make fuzz` asks for more.
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "20"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# An event stream never ends by itself.
ENDLESS = "/live/streams/{stream_id}/events"


@pytest.mark.slow
@pytest.mark.timeout(120 + 10 * EXAMPLES)
def test_no_input_breaks_it(listener: Listener) -> None:
    own = {"X-Ingest-Token": TOKEN}
    stream = httpx.post(f"{listener.url}/live/ingest", json=bet(), headers=own).json()["streamId"]
    schema = schemathesis.openapi.from_url(f"{listener.url}/openapi.json").exclude(path=ENDLESS)
    tried = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
            | operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE),
            known=st.booleans(),
        )
        def attack(case: schemathesis.Case[Any], known: bool) -> None:
            nonlocal tried
            tried += 1
            if known and "stream_id" in case.path_parameters:
                case.path_parameters["stream_id"] = stream
            answered = case.call(base_url=listener.url, headers=own)
            case.validate_response(answered, checks=CHECKS)
            if answered.status_code >= 400:
                assert set(answered.json()) == {"detail"}

        attack()
    assert tried > 200
