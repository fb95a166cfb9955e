"""``login --web``: from the browser to the stored grant, and what renews, shows and ends it."""

from __future__ import annotations

import json
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from conda_private.composition import machine
from conda_private.handler.auth import PrivateAuth
from conda_private.model.exceptions import TokenRefusedError
from conda_private.stores.once import answers
from tests.cli.conftest import Run
from tests.server import Anaconda, Server
from tests.server.issuer import CLIENT, Issuer, issuing


@pytest.fixture
def issuer(world: Anaconda) -> Iterator[Issuer]:
    """An issuer whose tokens are alice's."""
    with issuing(world, "alice") as issuer:
        yield issuer


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A browser in which alice is signed in; returns the pages that it ended at."""
    pages: list[str] = []

    def opened(url: str) -> bool:
        pages.append(requests.get(url, timeout=5).text)
        return True

    monkeypatch.setenv("BROWSER", "a-browser")
    monkeypatch.setattr(webbrowser, "open", opened)
    return pages


def login(run: Run, server: Server, issuer: Issuer, *words: str) -> tuple[int, str]:
    """Log in with the browser, without a change of any ``.condarc``."""
    options = ("--issuer", issuer.url, "--client-id", CLIENT)
    listing = ("--add-channel", "none", "--condarc", "unused")
    return run("login", f"{server.conda}/my-org", "--web", *options, *listing, *words)


def the_login() -> tuple[str, object]:
    """The only login's credential, as a request would read it in a new process."""
    (only,) = machine.records().logins()
    answers.cache_clear()
    machine.resolver.cache_clear()
    return machine.resolver().secret(only).reveal(), only


def test_sign_in_is_verified_stored_and_shown(
    run: Run, server: Server, issuer: Issuer, browser: list[str], world: Anaconda
) -> None:
    issuer.until = 30 * 86_400
    code, text = login(run, server, issuer)
    assert code == 0, text
    assert f"with a sign-in at {issuer.url} (1 package, 1 private)" in text
    assert f"by itself, at {issuer.url}, until 20" in text
    assert "sent as    Authorization: Bearer ****" in text
    assert "go back to the terminal" in browser[0]
    (only,) = json.loads(run("list", "--json")[1])["logins"]
    assert only["source"] == f"web:{issuer.url} {CLIENT}"
    assert only["kept_in"] == "file"
    assert only["renews"] is True
    assert only["renews_until"].startswith("20")
    assert only["expires"] is None
    assert f"renews itself at {issuer.url}, until 20" in run("list")[1]
    code, text = run("check")
    assert code == 0, text
    assert f"renewal          by itself, at {issuer.url}" in text
    text = run("explain", f"{server.conda}/my-org")[1]
    assert f"(stored in file, renewed at {issuer.url}):" in text
    # The code and the tokens are nowhere but in the store.
    (token,) = world.tokens
    with_token = [each for each in Path.home().rglob("*") if token in _text(each)]
    assert [each.name for each in with_token] == ["secrets.json"]


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


@pytest.mark.usefixtures("browser")
def test_expired_token_is_renewed_with_one_request(
    run: Run, server: Server, issuer: Issuer
) -> None:
    issuer.seconds = 30
    assert login(run, server, issuer)[0] == 0
    issuer.seconds = 3600
    before = len(issuer.forms)
    renewed, _ = the_login()
    assert renewed in issuer.world.tokens
    assert len(issuer.forms) == before + 1
    assert the_login()[0] == renewed
    assert len(issuer.forms) == before + 1


@pytest.mark.usefixtures("browser")
def test_logout_revokes_and_leaves_nothing(run: Run, server: Server, issuer: Issuer) -> None:
    assert login(run, server, issuer)[0] == 0
    code, text = run("logout", f"{server.conda}/my-org")
    assert code == 0, text
    assert issuer.alive == {}
    assert not issuer.world.tokens
    assert "deleted from the file" in text
    data = Path(machine.records().path).parent
    assert [each.name for each in data.rglob("*") if "sign-in" in str(each)] == ["sign-in"]


@pytest.mark.usefixtures("browser")
def test_logout_without_the_issuer_says_what_is_left(
    run: Run, server: Server, issuer: Issuer
) -> None:
    assert login(run, server, issuer)[0] == 0
    issuer.answers["/realm/.well-known/openid-configuration"] = (503, {"Retry-After": "99"}, b"")
    code, text = run("logout", f"{server.conda}/my-org")
    assert "deleted from the file" in text
    assert f"was not revoked at {issuer.url}" in text
    assert code == 0


@pytest.mark.usefixtures("browser")
def test_new_sign_in_revokes_the_one_that_it_replaces(
    run: Run, server: Server, issuer: Issuer
) -> None:
    assert login(run, server, issuer)[0] == 0
    (old,) = issuer.alive
    assert login(run, server, issuer)[0] == 0
    (new,) = issuer.alive
    assert old != new
    assert the_login()[0] in issuer.world.tokens


@pytest.mark.usefixtures("browser")
def test_sign_in_without_access_is_revoked_and_not_stored(
    run: Run, server: Server, issuer: Issuer, world: Anaconda
) -> None:
    world.add_user("bob")
    issuer.user = "bob"
    code, text = login(run, server, issuer)
    assert code == 4, text
    assert "Nothing was stored" in text
    assert issuer.alive == {}
    assert machine.records().logins() == ()


@pytest.mark.usefixtures("browser")
def test_denial_is_reported(run: Run, server: Server, issuer: Issuer) -> None:
    issuer.decision = "deny"
    code, text = login(run, server, issuer)
    assert code == 4
    assert f"SignInError: {issuer.url} did not sign you in." in text
    assert "You, or a rule of the issuer, denied it. Its words: The user said no" in text


@pytest.mark.usefixtures("browser")
def test_revoked_consent_says_how_to_sign_in_again(
    run: Run, server: Server, issuer: Issuer
) -> None:
    issuer.seconds = 30
    assert login(run, server, issuer)[0] == 0
    issuer.alive.clear()
    code, text = run("check")
    assert code == 4
    assert "is no longer valid" in text
    assert f"login {server.conda}/my-org --web --issuer {issuer.url} --client-id {CLIENT}" in text


@pytest.mark.usefixtures("browser")
def test_dry_run_opens_no_browser(
    run: Run, server: Server, issuer: Issuer, browser: list[str]
) -> None:
    code, text = login(run, server, issuer, "--dry-run")
    assert code == 0
    assert f"Would sign in at {issuer.url}" in text
    assert browser == []


@pytest.mark.usefixtures("browser")
def test_issuer_without_refresh_tokens_gives_a_login_that_expires(
    run: Run, server: Server, issuer: Issuer
) -> None:
    issuer.changes["scopes_supported"] = ["openid"]
    code, text = login(run, server, issuer)
    assert code == 0, text
    assert "expires    20" in text
    assert "renewal" not in text


def test_code_is_shown_where_there_is_no_browser(
    run: Run, server: Server, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    code, text = login(run, server, issuer, "--no-browser")
    assert code == 0, text
    assert f"Open {issuer.url}/activate  on any device, and enter the code  WDJB-MJHT" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--web",), "The issuer that signs you in for conda.example.org is not known."),
        (("--issuer", "https://idp.example.org"), "--issuer has no effect without --web."),
        (("--no-browser",), "--no-browser has no effect without --web."),
        (("--web", "--issuer", "https://idp.example.org"), "no client id of its own at"),
        (("--web", "--username", "alice"), "--username cannot be combined with --web."),
        (("--web", "--issuer", "http://idp.example.org", "--client-id", "a"), "has no TLS"),
        (("--web", "--issuer", "https://idp.example.org", "--client-id", "a b"), "client id"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    run: Run, words: tuple[str, ...], message: str
) -> None:
    code, text = run("login", "https://conda.example.org/my-org", *words)
    assert code == 2
    assert message in text


@pytest.mark.parametrize("words", [("--all",), ("--account",)])
def test_web_is_for_a_single_channel(run: Run, words: tuple[str, ...]) -> None:
    code, text = run("login", *words, "--web")
    assert (code, "--web is for a single channel." in text) == (2, True)


def test_id_of_another_tool_is_used_only_by_name(run: Run) -> None:
    code, text = run("login", "https://repo.prefix.dev/my-org", "--web")
    assert code == 2
    assert "conda-private has no client id of its own at https://prefix.dev." in text
    assert "The public client id of rattler and pixi is rattler" in text
    assert "conda private login https://repo.prefix.dev/my-org --web --client-id rattler" in text


@pytest.mark.usefixtures("browser")
def test_refused_token_is_renewed_once_and_the_request_repeated(
    run: Run, server: Server, issuer: Issuer, world: Anaconda
) -> None:
    assert login(run, server, issuer)[0] == 0
    world.style = "401"
    the_login()
    world.tokens.clear()
    before = len(issuer.forms)
    url = f"{server.conda}/my-org/noarch/repodata.json"
    for _ in range(2):
        response = requests.get(url, auth=PrivateAuth("my-org"), timeout=5)
        assert response.status_code == 200
        assert "hello" in response.text
    assert len(issuer.forms) == before + 1


@pytest.mark.usefixtures("browser")
def test_token_that_is_refused_again_is_not_renewed_again(
    run: Run, server: Server, issuer: Issuer, world: Anaconda
) -> None:
    assert login(run, server, issuer)[0] == 0
    the_login()
    world.style, world.forms = "401", set()
    before = len(issuer.forms)
    url = f"{server.conda}/my-org/noarch/repodata.json"
    for _ in range(2):
        with pytest.raises(TokenRefusedError) as caught:
            requests.get(url, auth=PrivateAuth("my-org"), timeout=5)
        assert f"--web --issuer {issuer.url} --client-id {CLIENT}" in caught.value.next_step
    assert len(issuer.forms) == before + 1
