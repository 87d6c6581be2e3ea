"""Bodies as pydantic models: names and keys are contracts."""
