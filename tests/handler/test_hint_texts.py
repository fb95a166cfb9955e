"""What the hints for conda's own errors say: who answered what, and the command."""

from __future__ import annotations

from http.client import responses
from typing import NamedTuple

import pytest
from conda.exceptions import CondaHTTPError, PackagesNotFoundError
from conda.plugins import types

from conda_private.handler.hints import Advice, advice, conda_hints
from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.source import FILE
from tests.home import Home
from tests.wording import assert_no_shouting

HOST = "https://conda.example.org:8443"
LOGINS = [Login(Address.parse(f"{HOST}/{name}"), TOKEN, FILE) for name in ("one", "two")]


class _Hint(NamedTuple):
    """conda's own type."""

    text: str
    hint_code: str


def find(url: str) -> Login | None:
    """The login whose address a URL begins with."""
    return next((login for login in LOGINS if url.startswith(f"{login.address}/")), None)


def refused(name: str, status: int) -> CondaHTTPError:
    """conda's error for an index."""
    url = f"{HOST}/{name}/noarch/repodata.json"
    return CondaHTTPError("", url, status, responses[status], "-")


@pytest.mark.parametrize("status", [401, 403, 404])
def test_channel_without_a_login_is_named_with_its_host(status: int) -> None:
    (given,) = advice(refused("other", status), find)
    words, command = given.text.split("\n    ")
    assert command == f"conda private login {HOST}/other"
    assert words.endswith(". Log in:")
    # The address begins with the host, so that it is there twice.
    assert (words.count("conda.example.org:8443"), words.count(f"{HOST}/other")) == (2, 1)
    assert_no_shouting(given.text)


def test_refusals_are_told_apart() -> None:
    texts = {next(iter(advice(refused("other", each), find))).text for each in (401, 403, 404)}
    assert len(texts) == 3


def test_missing_package_names_every_login_in_one_command() -> None:
    urls = [f"{HOST}/{name}/noarch" for name in ("two", "one", "two")]
    (given,) = advice(PackagesNotFoundError(["hello"], urls), find)
    words, command = given.text.split("\n    ")
    assert command == f"conda private check {HOST}/two {HOST}/one"
    assert words.startswith("Servers may hide private packages")
    assert given.code == "check_login"
    assert_no_shouting(words)


def test_conda_is_given_text_and_code(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(types, "CondaErrorHint", _Hint, raising=False)
    home.log_in(f"{HOST}/one")
    error = refused("one", 403)
    (given,) = conda_hints(error)
    assert [Advice(given.text, given.hint_code)] == list(advice(error, find))
