"""Body of the health check."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from pump_desktop.api.schemas.runs import Body


class HealthBody(Body):
    """That the program answers and its database does."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"status": "ok", "version": "0.3.0", "database": "ok", "uptime_s": 12.5}]
        }
    )

    status: Literal["ok"]
    version: str
    database: Literal["ok"]
    uptime_s: float
