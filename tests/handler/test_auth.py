"""Which requests are signed, with what, and when a credential is not sent at all."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone

import pytest
import requests
from conda.gateways.connection.session import CondaHttpAuth, CondaSession, get_session

from conda_private.composition import machine
from conda_private.files import paths
from conda_private.handler import auth
from conda_private.handler.auth import PrivateAuth
from conda_private.model import shell
from conda_private.model.exceptions import (
    CredentialMissingError,
    FileFormatError,
    InsecureUrlError,
)
from conda_private.model.schemes import BEARER, PATH, BasicScheme, HeaderScheme, Scheme
from tests.handler.conftest import Said
from tests.home import CANARY, Home
from tests.server import Server
from tests.wording import assert_reads_well

HOST = "https://conda.example.org"
CHANNEL = f"{HOST}/my-org"
REPODATA = f"{CHANNEL}/noarch/repodata.json"
LOOPBACK = "http://127.0.0.1:8080/my-org"


def signed(url: str) -> requests.PreparedRequest:
    """The request for a URL, as the handler leaves it."""
    return PrivateAuth("my-org")(requests.Request("GET", url).prepare())


def authorization(url: str) -> str | None:
    """The ``Authorization`` that is sent to a URL."""
    value = signed(url).headers.get("Authorization")
    return value if value is None else value.encode().decode()


def in_days(days: float) -> str:
    """A moment so many days from now."""
    return (datetime.now(timezone.utc) + timedelta(days=days)).isoformat(timespec="seconds")


@pytest.mark.parametrize(
    ("scheme", "name", "value"),
    [
        (BEARER, "Authorization", f"Bearer {CANARY}"),
        (HeaderScheme("X-API-Key"), "X-API-Key", CANARY),
        (
            BasicScheme("alice"),
            "Authorization",
            f"Basic {base64.b64encode(f'alice:{CANARY}'.encode()).decode()}",
        ),
    ],
    ids=["bearer", "header", "basic"],
)
def test_request_below_a_login_carries_its_credential(
    home: Home, scheme: Scheme, name: str, value: str
) -> None:
    home.log_in(CHANNEL, scheme=scheme)
    request = signed(REPODATA)
    assert request.headers[name].encode() == value.encode()
    assert request.url == REPODATA


def test_token_in_the_path_is_put_into_the_url(home: Home) -> None:
    home.log_in(CHANNEL, scheme=PATH)
    assert signed(REPODATA).url == f"{HOST}/t/{CANARY}/my-org/noarch/repodata.json"


def test_request_outside_every_login_is_left_to_conda(home: Home) -> None:
    home.log_in(CHANNEL)
    home.netrc("conda.example.org", "from-netrc")
    pair = base64.b64encode(b"alice:from-netrc").decode()
    assert authorization(f"{HOST}/other/noarch/repodata.json") == f"Basic {pair}"
    assert authorization(REPODATA) == f"token {CANARY}"


def test_url_with_a_credential_of_its_own_keeps_it(home: Home) -> None:
    home.log_in(CHANNEL)
    pair = base64.b64encode(b"bob:his-own").decode()
    assert authorization(REPODATA.replace("//", "//bob:his-own@")) == f"Basic {pair}"


@pytest.mark.parametrize("address", [CHANNEL, HOST])
@pytest.mark.parametrize("url", [REPODATA, "https://elsewhere.example.org/x"])
def test_proxy_that_wants_a_password_is_answered_as_conda_does(
    home: Home, address: str, url: str
) -> None:
    home.log_in(address)
    assert signed(url).hooks["response"].count(CondaHttpAuth.handle_407) == 1


def test_conda_hands_a_channel_with_a_login_to_the_handler(home: Home, server: Server) -> None:
    home.log_in(server.channel("my-org"))
    home.condarc("")  # conda reads its configuration, ours among it
    url = f"{server.channel('my-org')}/noarch/repodata.json"
    assert get_session(url).get(url).status_code == 200
    assert server.requests[0].headers["Authorization"] == f"token {CANARY}"
    other = f"{server.channel('other')}/noarch/repodata.json"
    assert type(get_session(other).auth) is CondaHttpAuth


def test_credential_that_is_missing_is_an_error_and_nothing_is_sent(
    home: Home, session: CondaSession, server: Server
) -> None:
    address = server.channel("my-org")
    home.log_in(address, secret="")
    with pytest.raises(CredentialMissingError) as caught:
        session.get(f"{address}/noarch/repodata.json")
    assert caught.value.next_step == f"conda private login {address}"
    assert server.requests == []


def test_error_of_a_request_names_the_channel_below_its_login(home: Home) -> None:
    home.log_in(CHANNEL, secret="")
    for name in ("noarch/repodata.json", "linux-64/hello-1-0.conda"):
        with pytest.raises(CredentialMissingError) as caught:
            signed(f"{CHANNEL}/label/dev/{name}")
        assert caught.value.what == f"The credential for {CHANNEL} is missing."
        assert caught.value.cause.endswith(f". The requested channel is {CHANNEL}/label/dev.")
        assert caught.value.next_step == f"conda private login {CHANNEL}"
        assert_reads_well(caught.value)
    with pytest.raises(CredentialMissingError) as caught:
        signed(REPODATA)
    assert "requested" not in caught.value.cause


def test_constructor_reads_nothing(home: Home) -> None:
    home.log_in(CHANNEL)
    paths.logins().write_text("not JSON")
    handler = PrivateAuth("my-org")
    with pytest.raises(FileFormatError):
        handler(requests.Request("GET", REPODATA).prepare())


def test_plain_http_is_not_sent_through_a_proxy(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.log_in(LOOPBACK)
    monkeypatch.setenv("http_proxy", "http://proxy.example.org:3128")
    request = requests.Request("GET", f"{LOOPBACK}/noarch/repodata.json").prepare()
    with pytest.raises(InsecureUrlError) as caught:
        PrivateAuth("my-org")(request)
    assert caught.value.next_step == shell.set_variable("NO_PROXY", "127.0.0.1")
    assert_reads_well(caught.value)
    assert "Authorization" not in request.headers
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert authorization(LOOPBACK) == f"token {CANARY}"


def test_proxy_of_condas_configuration_counts_as_well(home: Home) -> None:
    home.log_in(LOOPBACK)
    home.condarc("proxy_servers:\n  http: http://proxy.example.org:3128\n")
    with pytest.raises(InsecureUrlError):
        signed(LOOPBACK)


def test_proxy_is_used_with_tls_and_where_plain_http_was_allowed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://proxy.example.org:3128")
    home.log_in(CHANNEL)
    home.log_in("http://conda.example.org/my-org", allow_http=True)
    for url in (REPODATA, REPODATA.replace("https:", "http:")):
        assert authorization(url) == f"token {CANARY}"


@pytest.mark.parametrize(("days", "verb"), [(1.5, "expires"), (6.9, "expires"), (-2, "expired on")])
def test_user_is_warned_once_before_a_credential_expires(
    home: Home, said: Said, days: float, verb: str
) -> None:
    home.log_in(CHANNEL, expires=in_days(days))
    for _ in range(3):
        signed(REPODATA)
    empty, line, next_step, command = said().splitlines()
    assert (empty, CANARY in line) == ("", False)
    assert line.startswith(f"Warning: The credential for {CHANNEL} {verb} 20")
    assert next_step == "Next:  ask the person who sent the token for a new one, then run"
    assert command == f"conda private login {CHANNEL}"


@pytest.mark.parametrize(
    "expires", ["", in_days(8), "someday"], ids=["unknown", "in eight days", "no date"]
)
def test_credential_that_does_not_expire_soon_is_no_reason_for_a_warning(
    home: Home, said: Said, expires: str
) -> None:
    home.log_in(CHANNEL, expires=expires)
    signed(REPODATA)
    assert said() == ""
    # The one warning is left for the login that needs it.
    home.log_in(f"{HOST}/other", expires=in_days(1))
    signed(f"{HOST}/other")
    assert f"{HOST}/other" in said()


def test_warning_begins_seven_days_before() -> None:
    assert timedelta(days=7) == auth.WARN_WITHIN


def test_login_of_the_user_comes_before_that_of_the_system(home: Home) -> None:
    home.log_in(CHANNEL)
    assert [str(login.address) for login in machine.logins()] == [CHANNEL]
