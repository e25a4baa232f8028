"""Configs: closed, frozen pydantic models from which forms, flags, error messages and docs are generated."""
