"""How often the properties are tried on which what is signed depends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import settings

Test = TypeVar("Test", bound=Callable[..., Any])


def many(test: Test) -> Test:
    """A hundred thousand examples with `make test-hard`; else as many as the profile says."""
    if settings.get_current_profile_name() != "hard":
        return test
    counted: Test = settings(max_examples=100_000)(test)
    patient: Test = pytest.mark.timeout(3600)(counted)
    return patient
