"""The hints for conda's own errors: for which errors, and with which command and channel."""

from __future__ import annotations

from collections import namedtuple

import pytest
from conda import CondaError
from conda.exceptions import CondaHTTPError, PackagesNotFoundError, UnavailableInvalidChannel
from conda.models.channel import Channel
from conda.plugins import types

from conda_private import plugin
from conda_private.actions.resolver import Resolver
from conda_private.handler.hints import Advice, advice
from conda_private.model.address import Address
from conda_private.model.exceptions import TokenRefusedError
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.source import Source

HOST = "https://conda.example.org"
ADDRESS = f"{HOST}/my-org/label/dev"


def find(url: str) -> Login | None:
    """Return the only login if it covers a URL."""
    login = Login(Address.parse(ADDRESS), TOKEN, Source("memory"))
    return Resolver(logins=lambda: [login], open_store=None).find(url)  # type: ignore[arg-type]


def http_error(url: str, status: int) -> CondaHTTPError:
    """Return conda's error for a file."""
    return CondaHTTPError("", url, status, "Refused", "-")


def given(error: CondaError) -> list[Advice]:
    """Return the advice for an error."""
    return list(advice(error, find))


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize(
    "make",
    [
        lambda status: http_error(f"{ADDRESS}/noarch/repodata.json", status),
        lambda status: http_error(f"{ADDRESS}/noarch/hello-1.0-0.conda", status),
        lambda status: UnavailableInvalidChannel(Channel(ADDRESS), status),
    ],
    ids=["index", "package", "channel"],
)
def test_refusal_on_a_channel_with_a_login_names_the_check(make, status: int) -> None:
    (found,) = given(make(status))
    assert found.code == "check_login"
    assert found.text.endswith(f"conda private check {ADDRESS}")


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("end", ["", "/noarch/repodata.json", "/linux-64/hello-1.0-0.conda"])
def test_refusal_on_another_channel_names_the_login_for_the_channel(end: str, status: int) -> None:
    (found,) = given(http_error(f"{HOST}/my-org{end}", status))
    assert found.code == "log_in_to_channel"
    assert found.text.endswith(f"conda private login {HOST}/my-org")


@pytest.mark.parametrize("channel", ["my.org", "my-org/label/v1.0", "a.b/label/c.conda", "x-64/y"])
@pytest.mark.parametrize(
    "end", ["", "/noarch", "/linux-64/repodata.json", "/noarch/shards/ab12.msgpack.zst"]
)
def test_name_with_a_dot_is_that_of_the_channel_and_not_of_a_file(channel: str, end: str) -> None:
    (found,) = given(http_error(f"{HOST}/{channel}{end}", 403))
    assert found.text.endswith(f"conda private login {HOST}/{channel}")


def test_file_of_the_channel_itself_is_not_the_channel() -> None:
    (found,) = given(http_error(f"{HOST}/my-org/notices.json", 403))
    assert found.text.endswith(f"conda private login {HOST}/my-org")


@pytest.mark.parametrize("end", ["", "/noarch", "/noarch/repodata.json"])
def test_nodefaults_is_no_channel_to_log_in_to(end: str) -> None:
    assert given(http_error(f"{HOST}/nodefaults{end}", 404)) == []
    assert given(UnavailableInvalidChannel(Channel(f"{HOST}/nodefaults"), 404)) == []


@pytest.mark.parametrize(
    "url",
    [
        f"{HOST}/t/<TOKEN>/my-org/noarch/repodata.json",
        "file:///srv/channel/noarch/repodata.json",
        "",
    ],
)
def test_url_that_is_not_plain_gets_no_advice(url: str) -> None:
    assert given(http_error(url, 404)) == []


@pytest.mark.parametrize("status", [0, 407, 429, 500])
def test_other_failures_of_servers_get_no_advice(status: int) -> None:
    assert given(http_error(f"{ADDRESS}/noarch/repodata.json", status)) == []


def test_missing_package_names_each_login_among_the_channels_once() -> None:
    urls = [f"{ADDRESS}/noarch", f"{ADDRESS}/linux-64", f"{HOST}/other/noarch"]
    (found,) = given(PackagesNotFoundError(["hello"], urls))
    assert found.text.endswith(f"conda private check {ADDRESS}")


def test_missing_package_on_public_channels_gets_no_advice() -> None:
    assert given(PackagesNotFoundError(["hello"], [f"{HOST}/other/noarch"])) == []
    assert given(PackagesNotFoundError(["hello"])) == []


def test_error_of_ours_gets_no_advice() -> None:
    assert given(TokenRefusedError("refused", next_step="conda private login X")) == []


def test_hook_returns_hints_in_the_type_of_conda(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    hint = namedtuple("CondaErrorHint", ["text", "hint_code"])
    monkeypatch.setattr(types, "CondaErrorHint", hint, raising=False)
    (found,) = plugin.conda_error_hints(http_error("https://nobody.example.org/x/noarch", 403))
    assert found.hint_code == "log_in_to_channel"
