"""How often the properties are tried on which what is signed depends."""

from __future__ import annotations

from hypothesis import settings

# `make test-hard` tries a hundred thousand examples, `make test` as many as the profile says.
IS_HARD = settings.get_current_profile_name() == "hard"
many = settings(max_examples=100_000) if IS_HARD else settings()
