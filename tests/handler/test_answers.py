"""Answers to signed requests: refusals are errors with the fix, web pages are no indexes."""

from __future__ import annotations

import base64

import pytest
from conda.auxlib.logz import stringify
from conda.base.context import reset_context
from conda.gateways.connection.session import CondaSession
from conda.plugins import types
from requests import Response

from conda_private.model.address import MAX_URL
from conda_private.model.exceptions import NotAChannelError, ServerError, TokenRefusedError
from conda_private.model.schemes import PATH, TOKEN, BasicScheme, Scheme
from tests.handler.conftest import Said
from tests.home import CANARY, Home
from tests.integration.runner import spellings_of
from tests.server import Answer, Fault, Server
from tests.wording import assert_reads_well

OPTIONAL = [
    "repodata.json.zst",
    "current_repodata.json",
    "current_repodata.json.zst",
    "repodata_shards.msgpack.zst",
    "repodata.jlap",
]


@pytest.fixture
def channel(home: Home, server: Server) -> str:
    """A channel with a login."""
    home.log_in(server.channel("my-org"))
    return server.channel("my-org")


def basic(secret: str) -> str:
    """What Basic sends."""
    return base64.b64encode(f"alice:{secret}".encode()).decode()


def credentials(server: Server) -> list[str]:
    """In what form each request carried a credential."""
    return [request.credential for request in server.requests]


def test_refused_credential_is_an_error_that_names_the_login(
    channel: str, session: CondaSession, server: Server
) -> None:
    server.fail("/my-org", how=Fault.status(401))
    with pytest.raises(TokenRefusedError) as caught:
        session.get(f"{channel}/noarch/repodata.json")
    person = "ask the person who sent the token for a new one"
    assert caught.value.next_step == f"{person}, then run\nconda private login {channel}"
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(("expires", "shown"), [("2027-03-01T12:00:00+00:00", 1), ("", 0)])
def test_refusal_says_when_the_credential_was_to_expire_if_that_is_known(
    home: Home, session: CondaSession, server: Server, expires: str, shown: int
) -> None:
    home.log_in(server.channel("my-org"), expires=expires)
    server.fail("/my-org", how=Fault.status(401))
    with pytest.raises(TokenRefusedError) as caught:
        session.get(f"{server.channel('my-org')}/noarch/repodata.json")
    assert caught.value.cause.count(" 2027-03-01.") == shown
    assert caught.value.cause.count(".") == 1 + shown
    assert_reads_well(caught.value)


@pytest.mark.parametrize("query", ["", "?x=/noarch/repodata.json"])
def test_refusal_at_an_optional_file_is_no_error(
    channel: str, session: CondaSession, server: Server, query: str
) -> None:
    server.fail("/my-org", how=Fault.status(401))
    assert session.get(f"{channel}/notices.json{query}").status_code == 401


def test_refusal_behind_a_redirect_elsewhere_is_not_that_of_the_credential(
    channel: str, session: CondaSession, server: Server, said: Said
) -> None:
    server.fail("/my-org", "conda", how=Fault.redirect(f"{server.files}/noarch/repodata.json"))
    for status in (401, 403):
        server.fail("", "files", how=Fault.status(status), times=1)
        assert session.get(f"{channel}/noarch/repodata.json").status_code == status
    assert credentials(server) == ["token", "none"] * 2
    assert said() == ""


@pytest.fixture
def older_conda(monkeypatch: pytest.MonkeyPatch) -> None:
    """A conda before 26.7, which asks for no hints."""
    monkeypatch.delattr(types, "CondaErrorHint", raising=False)


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.usefixtures("older_conda")
def test_index_that_is_hidden_gives_a_hint_once(
    channel: str,
    session: CondaSession,
    server: Server,
    said: Said,
    status: int,
) -> None:
    server.fail("/my-org", how=Fault.status(status))
    for name in ("linux-64/repodata.json", "noarch/x.conda"):
        assert session.get(f"{channel}/{name}").status_code == status
    assert said() == ""
    for query in ("", "?x=1"):
        assert session.get(f"{channel}/noarch/repodata.json{query}").status_code == status
    empty, line, next_step = said().splitlines()
    assert empty == ""
    assert line.startswith(f"Warning: {channel.split('/')[2]} answered {status} ")
    assert next_step == f"Next:  conda private check {channel}"


@pytest.mark.parametrize(
    ("variable", "lines"), [("CONDA_QUIET", 0), ("CONDA_DEBUG", 1), ("CONDA_VERBOSITY", 1)]
)
def test_newer_conda_prints_the_hint_itself_unless_it_shows_a_traceback(
    channel: str,
    session: CondaSession,
    server: Server,
    said: Said,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    lines: int,
) -> None:
    monkeypatch.setattr(types, "CondaErrorHint", object, raising=False)
    server.fail("/my-org", how=Fault.status(403))
    session.get(f"{channel}/noarch/repodata.json")
    assert said() == ""
    monkeypatch.setenv(variable, "2" if variable == "CONDA_VERBOSITY" else "true")
    reset_context()
    session.get(f"{channel}/noarch/repodata.json")
    assert said().count("conda private check") == lines


@pytest.mark.parametrize("kind", ["text/html", "Text/HTML; charset=utf-8"])
@pytest.mark.parametrize("query", ["", "?x=1"])
def test_web_page_in_place_of_the_required_index_is_an_error(
    channel: str, session: CondaSession, server: Server, query: str, kind: str
) -> None:
    page = Answer(200, b"<!doctype html>", {"Content-Type": kind})
    server.fail("/my-org", how=Fault(answer=page))
    with pytest.raises(NotAChannelError) as caught:
        session.get(f"{channel}/noarch/repodata.json{query}")
    assert caught.value.next_step.startswith(f"open {channel.removesuffix('/my-org')} ")
    assert caught.value.next_step.endswith(" and repeat the command")
    assert_reads_well(caught.value)


@pytest.mark.parametrize("query", ["", "?x=1"])
@pytest.mark.parametrize("name", OPTIONAL)
@pytest.mark.parametrize(
    "fault", [Fault.status(401), Fault.status(403), Fault.html()], ids=["401", "403", "page"]
)
def test_optional_index_that_is_refused_or_a_web_page_is_not_found(
    channel: str, session: CondaSession, server: Server, fault: Fault, name: str, query: str
) -> None:
    server.fail(name, how=fault)
    assert session.get(f"{channel}/noarch/{name}{query}").status_code == 404
    assert session.get(f"{channel}/noarch/repodata.json").status_code == 200


def test_optional_index_behind_a_sign_in_page_is_not_found(
    channel: str, session: CondaSession, server: Server
) -> None:
    server.fail("zst", "conda", how=Fault.redirect(f"{server.files}/sign-in"))
    server.fail("/sign-in", how=Fault.html())
    assert session.get(f"{channel}/noarch/repodata.json.zst").status_code == 404


@pytest.mark.parametrize("name", ["x.conda", "repodata.json", "shards/0123.msgpack.zst"])
def test_refusal_at_any_other_file_is_that_of_the_credential(
    channel: str, session: CondaSession, server: Server, name: str
) -> None:
    server.fail("/my-org", how=Fault.status(401))
    with pytest.raises(TokenRefusedError):
        session.get(f"{channel}/noarch/{name}")


def test_web_page_behind_a_redirect_is_judged_by_what_was_asked_for(
    channel: str, session: CondaSession, server: Server
) -> None:
    server.fail("/my-org", "conda", how=Fault.redirect(f"{server.files}/sign-in"))
    server.fail("/sign-in", how=Fault.html())
    with pytest.raises(NotAChannelError):
        session.get(f"{channel}/noarch/repodata.json")
    assert session.get(f"{channel}/notices.json").status_code == 200


def test_page_is_fine_where_no_index_was_asked_for(
    channel: str, session: CondaSession, server: Server
) -> None:
    server.fail("notices|x.conda", how=Fault.html())
    for name in ("notices.json", "noarch/x.conda"):
        assert session.get(f"{channel}/{name}").status_code == 200


def test_page_with_another_status_is_that_status(
    channel: str, session: CondaSession, server: Server
) -> None:
    page = Answer(404, b"<!doctype html>", {"Content-Type": "text/html"})
    server.fail("/my-org", how=Fault(answer=page))
    assert session.get(f"{channel}/noarch/repodata.json").status_code == 404


def test_index_without_a_type_is_an_index(
    channel: str, session: CondaSession, server: Server
) -> None:
    server.fail("/my-org", how=Fault(answer=Answer(200, b"{}")))
    assert session.get(f"{channel}/noarch/repodata.json").json() == {}


@pytest.mark.parametrize(("hops", "fails"), [(20, False), (21, True)])
def test_redirects_end_after_twenty(
    channel: str, session: CondaSession, server: Server, hops: int, fails: bool
) -> None:
    server.fail("/repodata.json", how=Fault.redirect(f"{channel}/1"))
    for hop in range(1, hops):
        server.fail(f"/{hop}$", how=Fault.redirect(f"{channel}/{hop + 1}"))
    server.fail(f"/{hops}$", how=Fault.status(200))
    if fails:
        with pytest.raises(ServerError) as caught:
            session.get(f"{channel}/noarch/repodata.json")
        assert caught.value.next_step == f"conda private check {channel}"
        assert "20" in caught.value.cause
        assert_reads_well(caught.value)
    else:
        assert session.get(f"{channel}/noarch/repodata.json").status_code == 200


@pytest.mark.parametrize("more", [0, 1])
def test_redirect_to_a_long_url_is_followed_up_to_a_limit(
    channel: str, session: CondaSession, server: Server, more: int
) -> None:
    target = f"{channel}/".ljust(MAX_URL + more, "a")
    server.fail("/old", how=Fault.redirect(target))
    server.fail("/aaa", how=Fault.status(200))
    if more:
        with pytest.raises(ServerError) as caught:
            session.get(f"{channel}/old")
        assert caught.value.next_step == f"conda private check {channel}"
        assert str(MAX_URL + 1) in caught.value.cause
        assert_reads_well(caught.value)
    else:
        assert session.get(f"{channel}/old").status_code == 200
    assert credentials(server) == ["token"] * (2 - more)


def test_redirects_of_one_request_do_not_count_for_the_next(
    channel: str, session: CondaSession, server: Server
) -> None:
    server.fail("/old", how=Fault.redirect(f"{channel}/new"))
    server.fail("/new", how=Fault.status(200))
    for _ in range(22):
        assert session.get(f"{channel}/old").status_code == 200


def test_redirect_inside_a_channel_carries_the_credential_and_another_does_not(
    channel: str, session: CondaSession, server: Server
) -> None:
    server.fail("/old", how=Fault.redirect(f"{channel}/new"))
    server.fail("/away", how=Fault.redirect(f"{server.channel('other')}/new"))
    server.fail("/new", how=Fault.status(200))
    session.get(f"{channel}/old")
    session.get(f"{channel}/away")
    assert credentials(server) == ["token", "token", "token", "none"]


def test_redirect_into_another_login_carries_no_credential(
    channel: str, home: Home, session: CondaSession, server: Server
) -> None:
    home.log_in(server.channel("other"), secret="ca-nary-h2")
    server.fail("/away", how=Fault.redirect(f"{server.channel('other')}/new"))
    server.fail("/new", how=Fault.status(200))
    assert session.get(f"{channel}/away").status_code == 200
    assert credentials(server) == ["token", "none"]


@pytest.mark.parametrize("scheme", [TOKEN, PATH], ids=["header", "path"])
def test_redirect_that_conda_prints_does_not_show_the_credential(
    home: Home, session: CondaSession, server: Server, scheme: Scheme
) -> None:
    channel = server.channel("my-org")
    home.log_in(channel, scheme=scheme)
    target = f"{server.channel('other')}/new"
    server.fail("/away", how=Fault.redirect(f"{target}?again=/t/{CANARY}/x"))
    server.fail("/new", how=Fault.status(200))
    response = session.get(f"{channel}/away")
    (first,) = response.history
    assert (first.url, first.request.url) == (f"{channel}/away", f"{channel}/away")
    if scheme == PATH:
        assert first.headers["location"] == response.url == f"{target}?again=/x"
    assert CANARY not in f"{first.request.headers} {response.request.headers}"


@pytest.mark.parametrize("scheme", [TOKEN, PATH], ids=["header", "path"])
def test_answer_that_conda_prints_does_not_show_the_credential(
    home: Home, session: CondaSession, server: Server, scheme: Scheme
) -> None:
    channel = server.channel("my-org")
    home.log_in(channel, scheme=scheme)
    response = session.get(f"{channel}/noarch/repodata.json")
    shown = f"{response.url} {response.request.url} {response.request.headers}"
    assert response.status_code == 200
    assert CANARY not in shown
    assert server.requests[0].credential != "none"


def shown_by_conda(response: Response) -> str:
    """What conda prints of an answer at -vv and in errors with --json."""
    return f"{stringify(response, content_max_len=1024)} {response.headers}"


@pytest.mark.parametrize(
    "scheme", [TOKEN, PATH, BasicScheme("alice")], ids=["token", "path", "basic"]
)
@pytest.mark.parametrize("status", [404, 429, 500])
def test_error_that_repeats_the_credential_does_not_show_it(
    home: Home, session: CondaSession, server: Server, scheme: Scheme, status: int
) -> None:
    channel = server.channel("my-org")
    home.log_in(channel, scheme=scheme)
    headers = {"ETag": CANARY, f"X-{CANARY}": "1", "Content-Type": "application/json"}
    body = f'{{"message": "{CANARY}", "basic": "{basic(CANARY)}"}}'.encode()
    server.fail("/my-org", how=Fault.status(status, headers, body))
    response = session.get(f"{channel}/noarch/hello.conda", stream=True)
    assert response.json()["message"] == "****"
    assert not any(form in shown_by_conda(response) for form in spellings_of(CANARY))


def test_headers_that_conda_caches_do_not_hold_the_credential(
    channel: str, session: CondaSession, server: Server
) -> None:
    server.fail("/my-org", how=Fault(headers={"ETag": CANARY, "Cache-Control": f"x={CANARY}"}))
    response = session.get(f"{channel}/noarch/repodata.json")
    assert response.json()["packages.conda"] == {}
    assert CANARY not in shown_by_conda(response)


def test_notices_that_conda_caches_do_not_hold_the_credential(
    channel: str, session: CondaSession, server: Server
) -> None:
    page = Answer(200, f'{{"notices": ["{CANARY}"]}}'.encode())
    server.fail("notices", how=Fault(answer=page))
    assert session.get(f"{channel}/notices.json").json() == {"notices": ["****"]}


@pytest.mark.parametrize("target", ["my-org", "other"])
def test_redirect_that_repeats_the_credential_does_not_show_it(
    channel: str, session: CondaSession, server: Server, target: str
) -> None:
    server.fail("/old", how=Fault.redirect(f"{server.channel(target)}/new?token={CANARY}"))
    server.fail("/new", how=Fault.status(404))
    response = session.get(f"{channel}/old")
    assert CANARY not in shown_by_conda(response)
    assert response.url == response.request.url == f"{server.channel(target)}/new?token=****"
