"""The sample seed pair: a rotated one, public and checkable, offered at the first start."""

from __future__ import annotations

import json

from pump_desktop.domain.requests import ScanRequest
from pump_desktop.system.resources import resource


def sample_request() -> ScanRequest:
    """Give the sample scan: one million expert nonces."""
    fields = json.loads(resource("sample", "sample.json").read_text("utf-8"))
    return ScanRequest.parse(**fields)
