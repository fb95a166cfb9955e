"""A credential over real sockets: it stays in its address, and out of every object that remains.

Each site of the tests is one origin on loopback, which records the requests that it received.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import posixpath
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from requests.hooks import dispatch_hook

from conda_private.http.signing import Guard, is_signed, sign, unsign
from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.model.schemes import BEARER, PATH, TOKEN, BasicScheme, HeaderScheme, Scheme
from conda_private.model.secret import MASK, Secret
from conda_private.model.source import Source

CANARY = "ca-nary-27b1"
BASIC = base64.b64encode(f"alice:{CANARY}".encode()).decode()
SECRET = Secret(CANARY)
HEADER_SCHEMES: dict[str, Scheme] = {
    "token": TOKEN,
    "bearer": BEARER,
    "basic": BasicScheme("alice"),
    "header": HeaderScheme("X-API-Key"),
}
SCHEMES = {**HEADER_SCHEMES, "path": PATH}


@dataclass(frozen=True)
class _Received:
    path: str
    headers: tuple[tuple[str, str], ...]

    @property
    def has_secret(self) -> bool:
        text = f"{self.path} {self.headers}"
        return CANARY in text or BASIC in text


@dataclass
class _Site:
    """One origin: its answers by path, and the requests that it received."""

    port: int
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    received: list[_Received] = field(default_factory=list)

    def url(self, path: str = "", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def redirect(self, path: str, location: str, status: int = 302) -> None:
        """Answer a path, with or without a token before it, with a redirect."""
        self.answers[path] = (status, location)

    def answer(self, path: str) -> tuple[int, str]:
        plain = path.replace(f"/t/{CANARY}/", "/", 1).partition("?")[0]
        return self.answers.get(plain, (200, ""))


@contextlib.contextmanager
def _serve() -> Iterator[_Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            site.received.append(_Received(self.path, tuple(self.headers.items())))
            status, location = site.answer(self.path)
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = _Site(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def site() -> Iterator[_Site]:
    """The origin of the private channel."""
    with _serve() as made:
        yield made


@pytest.fixture
def elsewhere() -> Iterator[_Site]:
    """Another origin."""
    with _serve() as made:
        yield made


class _Signed(requests.auth.AuthBase):
    def __init__(self, login: Login) -> None:
        self.login = login

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        sign(request, self.login.scheme, SECRET)
        request.register_hook("response", Guard(self.login.scheme, SECRET, self._applies))
        return request

    def _applies(self, url: str) -> bool:
        target = Address.of_request(url)
        return target is not None and self.login.address.covers(target)


def _login(site: _Site, scheme: Scheme, path: str = "/private") -> Login:
    return Login(Address.parse(site.url(path)), scheme, Source("memory"))


def _get(
    site: _Site, scheme: Scheme, path: str = "/private/noarch/x.conda", **options: bool
) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(site.url(path), auth=_Signed(_login(site, scheme)), timeout=5, **options)


def _everything_kept(response: requests.Response) -> str:
    """The parts of a response that conda prints, and that a debugger would show."""
    request = response.request
    return "\n".join(
        [
            response.url,
            str(request.url),
            json.dumps(dict(request.headers)),
            json.dumps(dict(response.headers)),
            repr(response),
            repr(request.hooks),
            repr(vars(request)),
            repr([step.request.headers for step in response.history]),
        ]
    )


@pytest.mark.parametrize("scheme", HEADER_SCHEMES.values(), ids=HEADER_SCHEMES)
def test_header_is_sent_unmasked(site: _Site, scheme: Scheme) -> None:
    _get(site, scheme)
    (received,) = site.received
    expected = {
        name: value.encode("latin-1").decode() for name, value in scheme.headers(SECRET).items()
    }
    assert expected.items() <= dict(received.headers).items()
    assert received.has_secret


def test_token_in_the_path_is_sent_unmasked(site: _Site) -> None:
    _get(site, PATH)
    assert [received.path for received in site.received] == [f"/t/{CANARY}/private/noarch/x.conda"]


@pytest.mark.parametrize("status", [200, 304, 401, 403, 404, 500, 503])
@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_no_part_of_an_answer_contains_the_secret(site: _Site, scheme: Scheme, status: int) -> None:
    site.answers["/private/noarch/x.conda"] = (status, "")
    response = _get(site, scheme)
    assert response.status_code == status
    assert site.received[0].has_secret
    kept = _everything_kept(response)
    assert CANARY not in kept
    assert BASIC not in kept
    assert response.url == site.url("/private/noarch/x.conda")
    assert {response.request.headers[name] for name in scheme.headers(SECRET)} <= {MASK}


def test_streamed_answer_is_cleaned_as_well(site: _Site) -> None:
    response = _get(site, PATH, stream=True)
    assert response.content == b"{}"
    assert CANARY not in _everything_kept(response)


def test_cleaning_does_not_change_the_signed_request(site: _Site) -> None:
    # When conda retries, it sends the same object again.
    request = requests.Request("GET", site.url("/private/x"), auth=_Signed(_login(site, TOKEN)))
    with requests.Session() as session:
        session.trust_env = False
        prepared = session.prepare_request(request)
        session.send(prepared)
        session.send(prepared)
    assert [received.has_secret for received in site.received] == [True, True]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("scheme", HEADER_SCHEMES.values(), ids=HEADER_SCHEMES)
def test_redirect_inside_the_address_keeps_the_credential(
    site: _Site, scheme: Scheme, status: int
) -> None:
    site.redirect("/private/noarch/x.conda", "/private/label/dev/noarch/x.conda", status)
    response = _get(site, scheme)
    assert response.status_code == 200
    assert [received.has_secret for received in site.received] == [True, True]
    assert CANARY not in _everything_kept(response)


@pytest.mark.parametrize(
    "location",
    [
        "y.conda",
        "../linux-64/y.conda",
        "y.conda?a=b",
        f"/t/{CANARY}/private/noarch/y.conda",
        f"/t/{CANARY}/private/noarch/y.conda?from=/t/{CANARY}/private",
    ],
)
def test_redirect_inside_the_address_keeps_the_token_in_the_path(
    site: _Site, location: str
) -> None:
    site.redirect("/private/noarch/x.conda", location)
    response = _get(site, PATH)
    paths = [received.path for received in site.received]
    assert [path.startswith(f"/t/{CANARY}/private/") for path in paths] == [True, True]
    assert CANARY not in response.url


OUT_ON_THE_SAME_HOST = {
    "another channel": "/other/noarch/x.conda",
    "longer name": "/private2/noarch/x.conda",
    "name with an end": "/private-evil/noarch/x.conda",
    "the root": "/",
    "relative, out by dots": "../../other/x.conda",
    "dots behind the channel": "/private/../other/x.conda",
    "encoded dots": "/private/%2e%2e/other/x.conda",
    "encoded slash": "/private%2f..%2fother/x.conda",
    "backslash": "/private/..\\other/x.conda",
    "semicolon": "/private/..;/other/x.conda",
    "two slashes inside": "/private//other/x.conda",
    "a token of its own": "/t/other-token/private/x.conda",
    "not in ASCII": "/private/\u00c3\u00a9",
}


@pytest.mark.parametrize("location", OUT_ON_THE_SAME_HOST.values(), ids=OUT_ON_THE_SAME_HOST)
@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_redirect_out_of_the_channel_on_the_same_host_removes_the_credential(
    site: _Site, scheme: Scheme, location: str
) -> None:
    site.redirect("/private/noarch/x.conda", location)
    _get(site, scheme)
    assert [received.has_secret for received in site.received] == [True, False]


@pytest.mark.parametrize("location", ["http:other/x.conda", "http:x.conda", "HTTP:other", "http:"])
@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_ambiguous_redirect_takes_no_credential_out(
    site: _Site, scheme: Scheme, location: str
) -> None:
    site.redirect("/private/noarch/x.conda", location)
    with contextlib.suppress(requests.RequestException):
        _get(site, scheme)
    plain = [received.path.replace(f"/t/{CANARY}/", "/") for received in site.received]
    outside = [path for path in plain if not path.startswith("/private/")]
    signed = [path for path, each in zip(plain, site.received, strict=True) if each.has_secret]
    assert set(outside) & set(signed) == set()


OUT_TO_ANOTHER_ORIGIN: dict[str, Callable[[_Site, _Site], str]] = {
    "another port": lambda site, elsewhere: elsewhere.url("/private/noarch/x.conda"),
    "another port, no scheme": lambda site, elsewhere: f"//127.0.0.1:{elsewhere.port}/private/x",
    "another name of the host": lambda site, elsewhere: site.url("/private/x", "localhost"),
    "another spelling of the address": lambda site, elsewhere: site.url("/private/x", "127.1"),
    "with a user": lambda site, elsewhere: site.url("/private/x").replace("//", "//user@"),
    "with our host as the user": lambda site, elsewhere: elsewhere.url("/private/x").replace(
        "//", f"//127.0.0.1:{site.port}@"
    ),
    "with a tab": lambda site, elsewhere: elsewhere.url("/private/x").replace("//", "/\t/"),
}


@pytest.mark.parametrize("where", OUT_TO_ANOTHER_ORIGIN.values(), ids=OUT_TO_ANOTHER_ORIGIN)
@pytest.mark.parametrize("name", ["token", "header", "path"])
def test_redirect_to_another_origin_removes_the_credential(
    site: _Site, elsewhere: _Site, name: str, where: Callable[[_Site, _Site], str]
) -> None:
    site.redirect("/private/noarch/x.conda", where(site, elsewhere))
    _get(site, SCHEMES[name])
    first, second = site.received + elsewhere.received
    assert (first.has_secret, second.has_secret) == (True, False)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("name", ["header", "path"])
def test_every_kind_of_redirect_out_removes_the_credential(
    site: _Site, elsewhere: _Site, name: str, status: int
) -> None:
    site.redirect("/private/noarch/x.conda", elsewhere.url("/x.conda"), status)
    _get(site, SCHEMES[name])
    assert [received.has_secret for received in elsewhere.received] == [False]


@pytest.mark.parametrize(
    "path",
    [
        f"/t/{CANARY}/private/noarch/x.conda",
        f"/login?next=/t/{CANARY}/private/noarch/x.conda",
        f"/login?next=%2Ft%2F{CANARY}%2Fprivate%2Fnoarch%2Fx.conda",
        f"/t/{CANARY}/login?next=/t/{CANARY}/private",
        f"/get/t/{CANARY}/private/noarch/x.conda",
        f"/t/{CANARY}",
        f"/x.conda?token={CANARY}",
    ],
    ids=["in its place", "in the query", "encoded", "twice", "deeper", "at the end", "alone"],
)
def test_token_that_a_server_repeats_in_a_redirect_is_removed(
    site: _Site, elsewhere: _Site, path: str
) -> None:
    site.redirect("/private/noarch/x.conda", elsewhere.url(path))
    response = _get(site, PATH)
    assert [received.has_secret for received in elsewhere.received] == [False]
    assert CANARY not in response.url


@pytest.mark.parametrize("name", SCHEMES)
def test_chain_out_to_another_origin_and_back_is_not_signed_again(
    site: _Site, elsewhere: _Site, name: str
) -> None:
    site.redirect("/private/noarch/x.conda", elsewhere.url("/private/hop"))
    elsewhere.redirect("/private/hop", site.url("/private/noarch/y.conda"))
    response = _get(site, SCHEMES[name])
    assert [received.has_secret for received in site.received] == [True, False]
    assert [received.has_secret for received in elsewhere.received] == [False]
    assert response.url == site.url("/private/noarch/y.conda")


@pytest.mark.parametrize("name", SCHEMES)
def test_chain_out_and_back_on_the_same_host_is_not_signed_again(site: _Site, name: str) -> None:
    site.redirect("/private/noarch/x.conda", "/other/hop")
    site.redirect("/other/hop", "/private/noarch/y.conda")
    _get(site, SCHEMES[name])
    assert [received.has_secret for received in site.received] == [True, False, False]


@pytest.mark.parametrize("name", SCHEMES)
def test_long_chain_is_signed_until_it_leaves_the_address(
    site: _Site, elsewhere: _Site, name: str
) -> None:
    site.redirect("/private/noarch/x.conda", "a.conda")
    site.redirect("/private/noarch/a.conda", "b.conda", 307)
    site.redirect("/private/noarch/b.conda", elsewhere.url("/c.conda"), 308)
    _get(site, SCHEMES[name])
    assert [received.has_secret for received in site.received] == [True, True, True]
    assert [received.has_secret for received in elsewhere.received] == [False]


@pytest.mark.parametrize("name", ["header", "path"])
def test_loop_ends_with_an_error_without_the_secret(site: _Site, name: str) -> None:
    site.redirect("/private/noarch/x.conda", "x.conda")
    with pytest.raises(requests.TooManyRedirects) as caught:
        _get(site, SCHEMES[name])
    assert CANARY not in f"{caught.value} {caught.value!r}"
    assert len(site.received) <= 31


HEADS = [
    *("", "", "/", "//", "\\\\", "https:", "https:/", "https:///", "http:", "\t", "?", "#", ";"),
    *("https://conda.example.org", "https://CONDA.example.org:443", "//conda.example.org"),
    *("http://conda.example.org", "//conda.example.org:8443", "https://evil.example"),
    *("https://conda.example.org@evil.example", "https://evil.example\\@conda.example.org"),
    *(f"/t/{CANARY}", f"https://conda.example.org/t/{CANARY}", f"//evil.example/t/{CANARY}"),
]
PIECES = [
    *("/", "/private", "/private", "/private2", "/..", "../..", "/%2e%2e", "%2f..", "\\..", "x"),
    *("/t/", CANARY, f"?next=/t/{CANARY}", f"?next=%2Ft%2F{CANARY}", "@evil.example"),
    *("\t", "\u00c3\u00a9", "%c0%ae", ";", ":", " "),
]
locations = st.builds(
    "{}{}{}".format,
    st.sampled_from(HEADS),
    st.lists(st.sampled_from(PIECES), max_size=4).map("".join),
    st.sampled_from(["", "", "/x.conda", "#f", "?a=b"]),
)


def _followed(scheme: Scheme, location: str) -> requests.PreparedRequest | None:
    """The request that requests creates for a redirect; None if it creates none."""
    address = Address.parse("https://conda.example.org/private")
    url = f"{address}/noarch/x.conda"
    request = requests.Request(
        "GET", url, auth=_Signed(Login(address, scheme, Source("memory")))
    ).prepare()
    response = requests.Response()
    response.request, response.url, response.status_code = request, str(request.url), 302
    response.headers["location"] = location
    response._content = b""
    response.raw = io.BytesIO()
    with requests.Session() as session:
        session.trust_env = False
        try:
            response = dispatch_hook("response", request.hooks, response)
            return next(session.resolve_redirects(response, request, yield_requests=True), None)
        except (requests.RequestException, ValueError):
            return None


@given(st.sampled_from(["token", "header", "path"]), locations)
def test_no_redirect_at_all_takes_a_credential_out(name: str, location: str) -> None:
    request = _followed(SCHEMES[name], location)
    if request is None:
        return
    url = str(request.url)
    in_header = {*SCHEMES[name].headers(SECRET)} & {*request.headers}
    if in_header or (name == "path" and CANARY in url):
        sent_to = urlsplit(PATH.clean(url, SECRET) if name == "path" else url)
        assert (sent_to.scheme, sent_to.hostname) == ("https", "conda.example.org")
        assert (sent_to.port or 443, sent_to.username) == (443, None)
        folder = posixpath.normpath(unquote(sent_to.path).replace("\\", "/"))
        assert f"{folder}/".startswith("/private/")


def test_invalid_redirect_sends_the_credential_nowhere(site: _Site) -> None:
    site.redirect("/private/noarch/x.conda", "http://[evil/private")
    with pytest.raises((requests.RequestException, ValueError)):
        _get(site, TOKEN)
    assert len(site.received) == 1


@pytest.mark.parametrize(("status", "location"), [(300, ""), (302, " ")])
def test_redirect_without_a_target_is_an_ordinary_answer(
    site: _Site, status: int, location: str
) -> None:
    site.redirect("/private/noarch/x.conda", location, status)
    response = _get(site, TOKEN)
    assert response.status_code == status
    assert len(site.received) == 1
    assert CANARY not in _everything_kept(response)


def test_redirect_that_is_not_followed_is_cleaned(site: _Site) -> None:
    site.redirect("/private/noarch/x.conda", "y.conda")
    response = _get(site, TOKEN, allow_redirects=False)
    assert CANARY not in str(response.request.headers)


def test_request_without_a_credential_is_left_unchanged() -> None:
    request = requests.Request("GET", "https://files.example.org/hello.conda").prepare()
    login = Login(Address.parse("https://conda.example.org/my-org"), TOKEN, source=Source("file"))
    answer = requests.Response()
    answer.status_code, answer.request, answer.url = 200, request, str(request.url)
    assert Guard(login.scheme, SECRET, lambda url: False)(answer).request is request


def test_login_has_no_place_for_a_secret() -> None:
    login = Login(Address.parse("https://conda.example.org/private"), TOKEN, Source("keyring"))
    assert "Secret" not in {str(type(value).__name__) for value in login}
    assert "secret" not in login._fields


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_signed_request_is_recognized_and_can_be_unsigned(scheme: Scheme) -> None:
    url = "https://conda.example.org/my-org/noarch/repodata.json"
    login = Login(Address.parse("https://conda.example.org"), scheme, Source("file"))
    plain = requests.Request("GET", url, headers={"X-Other": "stays"}).prepare()
    request = plain.copy()
    assert not is_signed(request, login.scheme, SECRET)
    sign(request, login.scheme, SECRET)
    assert is_signed(request, login.scheme, SECRET)
    assert not is_signed(request, login.scheme, Secret("ca-nary-of-another"))
    unsign(request, login.scheme, SECRET)
    assert not is_signed(request, login.scheme, SECRET)
    assert (request.url, request.headers) == (plain.url, plain.headers)
    unsign(request, login.scheme, SECRET)  # a second time changes nothing
    assert request.headers == plain.headers
