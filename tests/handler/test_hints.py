"""The hints for conda's own errors: for which errors, and with which command and channel."""

from __future__ import annotations

from collections import namedtuple
from http.client import responses
from types import MappingProxyType

import pytest
from conda import CondaError
from conda.base.context import reset_context
from conda.exceptions import CondaHTTPError, PackagesNotFoundError, UnavailableInvalidChannel
from conda.models.channel import Channel
from conda.plugins import types

from conda_private import plugin
from conda_private.actions.resolver import Resolver
from conda_private.composition import machine
from conda_private.handler.hints import Advice, advice
from conda_private.model.address import Address
from conda_private.model.exceptions import TokenRefusedError
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.source import Source
from tests.home import Home

HOST = "https://conda.example.org"
ADDRESS = f"{HOST}/my-org/label/dev"


def find(url: str) -> Login | None:
    """Return the only login if it covers a URL."""
    login = Login(Address.parse(ADDRESS), TOKEN, Source("memory"))
    return Resolver(logins=lambda: [login], open_store=None).find(url)  # type: ignore[arg-type]


def http_error(url: str, status: int) -> CondaHTTPError:
    """Return conda's error for a file."""
    return CondaHTTPError("", url, status, responses.get(status, ""), "-")


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


QUARANTINED = "-->>> Requested item is quarantined -->>> SEE https://someurl/foo <<<---"


class Answer:
    """What conda reads of an answer."""

    headers = MappingProxyType({"content-type": "application/problem+json"})

    def __init__(self, body: object) -> None:
        self.body = body

    def json(self) -> object:
        """The body."""
        return self.body


def answered(reason: str, body: object = None, *, channel: str = ADDRESS) -> CondaHTTPError:
    """Return conda's error for an answer 403 with a reason phrase and a body."""
    url = f"{channel}/noarch/repodata.json"
    return CondaHTTPError("", url, 403, reason, "-", Answer(body) if body else None)


@pytest.mark.parametrize("channel", [ADDRESS, f"{HOST}/other"])
@pytest.mark.parametrize(
    "error",
    [
        (QUARANTINED, None),
        ("", {"detail": QUARANTINED}),
        ("Forbidden", {"detail": QUARANTINED}),
        ("Forbidden", {"message": QUARANTINED}),
        ("Forbidden", {"reason": QUARANTINED}),
    ],
)
def test_reason_of_the_server_gets_no_advice(channel: str, error: tuple[str, object]) -> None:
    assert given(answered(*error, channel=channel)) == []


@pytest.mark.parametrize(
    "error",
    [
        ("", None),
        ("FORBIDDEN", None),
        ("Forbidden", {"detail": "Forbidden."}),
        ("Forbidden", {"detail": "Not authenticated"}),
        ("Forbidden", {"message": "Your token lacks a scope"}),
        ("Forbidden", {"detail": [{"loc": ["path"]}]}),
    ],
)
def test_answer_without_another_reason_gets_advice(error: tuple[str, object]) -> None:
    assert len(given(answered(*error))) == 1


@pytest.mark.parametrize(
    "url", [f"{HOST}/path/to/something.tar.gz", f"{HOST}/x.yml", f"{HOST}/my-org/repodata.json"]
)
@pytest.mark.parametrize("status", [401, 403, 404])
def test_url_that_is_no_channel_gets_no_advice(url: str, status: int) -> None:
    assert given(http_error(url, status)) == []


@pytest.fixture
def org_of(home: Home) -> Resolver:
    """A login for ``my-org`` as a whole."""
    home.condarc(f"channel_alias: {HOST}\n")
    home.log_in(f"{HOST}/my-org")
    return machine.resolver()


MISSING = f"{HOST}/my-org/label/nope"


def about_missing(resolver: Resolver) -> Advice:
    """Return the advice for a label that does not exist."""
    error = UnavailableInvalidChannel(Channel(MISSING), 404)
    (found,) = advice(error, resolver.find)
    return found


def test_listed_label_that_does_not_exist_is_removed(home: Home, org_of: Resolver) -> None:
    machine.channel_list(str(home.condarc_path)).add("my-org/label/nope", "prepend")
    reset_context()
    found = about_missing(org_of)
    assert found.code == "remove_channel"
    # conda has read where the user's own file is before the test began.
    command = "conda private channels remove my-org/label/nope"
    assert found.text.endswith(f"\n    {command} --condarc {home.condarc_path}")


def test_label_that_others_listed_is_removed_as_conda_does(home: Home, org_of: Resolver) -> None:
    home.condarc(f"channel_alias: {HOST}\nchannels: ['{MISSING}', defaults]\n")
    file = home.condarc_path
    command = f"conda config --file {file} --remove channels {MISSING}"
    assert about_missing(org_of).text.endswith(f"\n    {command}")


def test_label_that_is_not_listed_is_checked(org_of: Resolver) -> None:
    found = about_missing(org_of)
    assert found.text.endswith(f"\n    conda private check {HOST}/my-org")
    (refused,) = advice(UnavailableInvalidChannel(Channel(MISSING), 403), org_of.find)
    assert refused.code == "check_login"


def test_channel_without_a_login_can_be_removed_too(home: Home) -> None:
    home.condarc(f"channel_alias: {HOST}\nchannels: [nope, defaults]\n")
    error = UnavailableInvalidChannel(Channel(f"{HOST}/nope"), 404)
    (found,) = advice(error, machine.resolver().find)
    login, remove = found.text.split("\nIf there is no such channel, remove it:\n")
    assert login.endswith(f"conda private login {HOST}/nope")
    assert remove == f"    conda config --file {home.condarc_path} --remove channels nope"
