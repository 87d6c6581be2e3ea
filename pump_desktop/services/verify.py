"""One bet redone by hand."""

from __future__ import annotations

from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.engine.verify import Derivation, derive
from pump_desktop.system.redaction import hide_seed


def derivation_of(request: VerifyRequest) -> Derivation:
    """Give every step of one bet, for all four difficulties."""
    hide_seed(request.server_seed)
    hide_seed(request.client_seed)
    return derive(request)
