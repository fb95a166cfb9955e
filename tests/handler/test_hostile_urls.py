"""A URL outside a login's address is never signed, however a parser or a server may read it.

The tests check the URL that requests would send: the prepared one.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from itertools import product
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import pytest
import requests
from hypothesis import example, find, given
from hypothesis import strategies as st
from requests.exceptions import RequestException
from urllib3.util import parse_url

from conda_private.actions.resolver import Resolver
from conda_private.model.address import DEFAULT_PORTS, Address
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.source import Source
from tests.many import many
from tests.stores.memory import MemoryStore

CHANNEL = "https://conda.example.org/private"
LABEL = "https://conda.example.org/lab/label/dev"
DEEP = "https://conda.example.org/private/deep"
LOOPBACK = "http://127.0.0.1:8080/private"
ADDRESSES = (CHANNEL, LABEL, DEEP, LOOPBACK)


def _prepared(url: str) -> str | None:
    """The URL as requests would send it; None if requests refuses to send it."""
    try:
        return requests.Request("GET", url).prepare().url
    # Some errors of parsers come through requests, which sends nothing in that case, either.
    except (RequestException, ValueError):
        return None


def _resolver(*addresses: str) -> Resolver:
    logins = [
        Login(Address.parse(address), TOKEN, Source("memory")) for address in addresses or ADDRESSES
    ]
    return Resolver(logins=lambda: logins, open_store=lambda source: MemoryStore())


def _signed_by(url: str | None, resolver: Resolver | None = None) -> str | None:
    login = (resolver or RESOLVER).find(url) if url else None
    return str(login.address) if login else None


RESOLVER = _resolver()

ATTACKS = {
    "lookalike host: suffix": "https://conda.example.org.evil.example/private/x",
    "lookalike host: prefix": "https://evil-conda.example.org/private/x",
    "lookalike host: glued": "https://conda.example.orgevil/private/x",
    "lookalike host: subdomain": "https://a.conda.example.org/private/x",
    "lookalike host: parent": "https://example.org/private/x",
    "lookalike host: homoglyph": "https://c\u043enda.example.org/private/x",
    "lookalike host: dot at the end": "https://conda.example.org./private/x",
    "lookalike host: underscore": "https://conda_example.org/private/x",
    "userinfo": "https://user@conda.example.org/private/x",
    "userinfo: password": "https://user:pw@conda.example.org/private/x",
    "userinfo: our host before the real one": "https://conda.example.org@evil.example/private/x",
    "userinfo: our host and port": "https://conda.example.org:443@evil.example/private/x",
    "userinfo: two": "https://a@conda.example.org@evil.example/private/x",
    "userinfo: our host last": "https://evil.example@conda.example.org/private/x",
    "userinfo: encoded": "https://conda.example.org%40evil.example/private/x",
    "userinfo: full-width": "https://conda.example.org\uff20evil.example/private/x",
    "backslash: before userinfo": "https://evil.example\\@conda.example.org/private/x",
    "backslash: after our host": "https://conda.example.org\\@evil.example/private/x",
    "backslash: for slashes": "https:\\\\conda.example.org\\private\\x",
    "backslash: one for each": "https:/\\conda.example.org/private/x",
    "backslash: to another host": "https://conda.example.org\\.evil.example/private/x",
    "backslash: out of the channel": "https://conda.example.org/private/..\\..\\other/x",
    "backslash: encoded": "https://conda.example.org/private/..%5c..%5cother/x",
    "tab: in the host": "https://conda.example.org\t.evil.example/private/x",
    "tab: in the dots": "https://conda.example.org/private/.\t./other/x",
    "newline: in the host": "https://conda.example.org\n.evil.example/private/x",
    "newline: in the path": "https://conda.example.org/private/\n../other/x",
    "newline: encoded": "https://conda.example.org/private/%0d%0aX-Evil:1",
    "NUL: in the path": "https://conda.example.org/private\0/x",
    "fragment: before our host": "https://evil.example#@conda.example.org/private/x",
    "fragment: after our host": "https://conda.example.org#@evil.example/private/x",
    "fragment: behind a query": "https://conda.example.org/private/notices.json?x=1#y",
    "fragment: behind an empty query": "https://conda.example.org/private/x?#y",
    "query: before our host": "https://evil.example?@conda.example.org/private/x",
    "query: after our host": "https://conda.example.org?@evil.example/private/x",
    "query: our address": "https://evil.example/?https://conda.example.org/private/x",
    "path: our address": "https://evil.example/https://conda.example.org/private/x",
    "port: another": "https://conda.example.org:8443/private/x",
    "port: that of http": "https://conda.example.org:80/private/x",
    "port: out of range": "https://conda.example.org:65979/private/x",
    "http: by URL": "http://conda.example.org/private/x",
    "http: on the port of https": "http://conda.example.org:443/private/x",
    "http: on loopback, another port": "http://127.0.0.1:8081/private/x",
    "http: loopback by another name": "http://localhost:8080/private/x",
    "http: loopback by another number": "http://127.1:8080/private/x",
    "https: on loopback": "https://127.0.0.1:8080/private/x",
    "dots: plain": "https://conda.example.org/private/../other/x",
    "dots: to the root": "https://conda.example.org/private/..",
    "dots: encoded": "https://conda.example.org/private/%2e%2e/other/x",
    "dots: encoded capitals": "https://conda.example.org/private/%2E%2E/other/x",
    "dots: half encoded": "https://conda.example.org/private/.%2e/other/x",
    "dots: encoded twice": "https://conda.example.org/private/%252e%252e/other/x",
    "dots: encoded slash": "https://conda.example.org/private/..%2fother/x",
    "dots: semicolon": "https://conda.example.org/private/..;/other/x",
    "dots: semicolon with a name": "https://conda.example.org/private/..;a=b/other/x",
    "dots: encoded semicolon": "https://conda.example.org/private/..%3b/other/x",
    "dots: overlong": "https://conda.example.org/private/%c0%ae%c0%ae/other/x",
    "dots: overlong slash": "https://conda.example.org/private/..%c0%af../other/x",
    "dots: full-width": "https://conda.example.org/private/\uff0e\uff0e/other/x",
    "slashes: two before the path": "https://conda.example.org//private/x",
    "slashes: two inside": "https://conda.example.org/private//other/x",
    "slashes: three": "https:///conda.example.org/private/x",
    "slash: encoded": "https://conda.example.org/private%2fx",
    "slash: full-width": "https://conda.example.org/private/..\uff0fother/x",
    "semicolon after the channel": "https://conda.example.org/private;x/y",
    "sibling: private2": "https://conda.example.org/private2/x",
    "sibling: private-evil": "https://conda.example.org/private-evil/x",
    "sibling: dot at the end": "https://conda.example.org/private./x",
    "sibling: blank at the end": "https://conda.example.org/private%20/x",
    "case of the path": "https://conda.example.org/Private/x",
    "label: sibling": "https://conda.example.org/lab/label/main/x",
    "label: longer name": "https://conda.example.org/lab/label/dev2/x",
    "label: the channel itself": "https://conda.example.org/lab/noarch/x",
    "label: of another channel": "https://conda.example.org/lab2/label/dev/x",
    "token of its own": "https://conda.example.org/t/tk-1/private/x",
    "token of its own, after the channel": "https://conda.example.org/private/t/tk-1/x",
    "IPv6 literal": "https://[::ffff:127.0.0.1]:8080/private/x",
    "glob as the host": "https://*/private/x",
    "variable as the host": "https://${HOST}/private/x",
    "scheme: glued": "xhttps://conda.example.org/private/x",
    "scheme: file": "file://conda.example.org/private/x",
    "scheme: none": "//conda.example.org/private/x",
}


@pytest.mark.parametrize("url", ATTACKS.values(), ids=ATTACKS)
def test_attack_gets_no_credential_as_it_is_sent(url: str) -> None:
    assert _signed_by(_prepared(url)) is None


@pytest.mark.parametrize("url", ATTACKS.values(), ids=ATTACKS)
def test_attack_gets_no_credential_as_it_is_written(url: str) -> None:
    assert _signed_by(url) is None


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://conda.example.org/private", CHANNEL),
        ("https://conda.example.org/private/", CHANNEL),
        ("https://CONDA.example.org/private/noarch/repodata.json", CHANNEL),
        ("https://conda.example.org:443/private/noarch/repodata.json", CHANNEL),
        ("https://conda.example.org/private/notices.json?x=1", CHANNEL),
        ("https://conda.example.org/private/noarch/x-1!2.0-0.conda", CHANNEL),
        ("https://conda.example.org/other/../private/noarch/x.conda", CHANNEL),
        ("https://conda.example.org/private/label/dev/noarch/x.conda", CHANNEL),
        ("https://conda.example.org/private/deep/noarch/x.conda", DEEP),
        ("https://conda.example.org/lab/label/dev/noarch/a_b-1%2B2.conda", LABEL),
        ("http://127.0.0.1:8080/private/noarch/x.conda", LOOPBACK),
    ],
)
def test_url_inside_an_address_is_signed(url: str, address: str) -> None:
    assert _signed_by(_prepared(url)) == address


words = st.sampled_from(
    ["private", "private2", "Private", "deep", "lab", "label", "dev", "dev2", "noarch", "x-1.0-0"]
)
plain_urls = st.builds(
    "{}://{}{}/{}".format,
    st.sampled_from(["https", "http"]),
    st.sampled_from(["conda.example.org", "CONDA.Example.org", "127.0.0.1", "conda.example.net"]),
    st.sampled_from(["", "", ":443", ":80", ":8080"]),
    st.lists(words, max_size=6).map("/".join),
)


def _most_specific(url: str) -> str | None:
    """The address that covers a plain URL, found by comparing texts."""
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    full = f"{parts.scheme}://{parts.hostname}:{port}{parts.path}/"
    found = [each for each in ADDRESSES if full.startswith(f"{_with_port(each).rstrip('/')}/")]
    return max(found, key=len, default=None)


def _with_port(address: str) -> str:
    return address.replace("conda.example.org/", "conda.example.org:443/")


@given(plain_urls)
def test_plain_url_is_signed_for_the_most_specific_address_and_outside_for_none(url: str) -> None:
    assert _signed_by(_prepared(url)) == _most_specific(url)


@given(
    st.sampled_from(ADDRESSES), st.lists(words, max_size=4), st.sampled_from(["", "/", "?a=/../b"])
)
def test_every_plain_url_below_an_address_is_signed(
    address: str, path: list[str], end: str
) -> None:
    url = _prepared("/".join([address, *path]) + end)
    assert _signed_by(url, _resolver(address)) == address


PIECES = ["private", "other", "label", "dev", "noarch", "x.conda", "a%20b", "..", "t"]
TRICKS = [
    "%2e%2e",
    ".%2E",
    "%252e%252e",
    "..;",
    "..;a=b",
    "%c0%ae%c0%ae",
    "%e0%80%ae%e0%80%ae",
    "%ef%bc%8e%ef%bc%8e",
    "\uff0e\uff0e",
    ".\t.",
    "..%00",
    "..%20",
    "private%20",
    "%70rivate",
    "*",
    "private@evil",
    "a:b",
    "%7c",
    "%e9",
]
GLUE = ["/"] * 40 + ["//", "\\", "%2f", "%2F", "%5c", "%c0%af", "%ef%bc%8f", "/;/", "\uff0f", "/./"]
HOSTS = ["conda.example.org"] * 6 + [
    "CONDA.example.ORG",
    "conda.example.org.",
    "conda.example.org.evil.example",
    "evil-conda.example.org",
    "conda%2eexample.org",
    "conda\u3002example\uff0eorg",
    "evil.example\\@conda.example.org",
    "conda.example.org#@evil.example",
    "127.0.0.1:8080",
    "[::1]",
    "evil.example",
    "",
]


odd_origins = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["https://"] * 8 + ["http://", "HTTPS://", "https:\\\\", "https:/", "//"]),
    st.sampled_from([""] * 8 + ["user@", "@", "conda.example.org@", "a:b@", "a%40"]),
    st.sampled_from(HOSTS),
    st.sampled_from([""] * 8 + [":443", ":0443", ":8443", ":", ":0", ":443@evil.example"]),
)


@st.composite
def _odd_urls(draw: st.DrawFn) -> str:
    """Ordinary URLs with parts that parsers or servers read in different ways."""
    url = draw(st.sampled_from(ADDRESSES) | st.sampled_from(ADDRESSES) | odd_origins)
    for piece in draw(st.lists(st.sampled_from(PIECES * 5 + TRICKS), max_size=5)):
        url += draw(st.sampled_from(GLUE)) + piece
    url += draw(st.sampled_from([""] * 6 + ["?x=/../y", "#/private", "?@evil", ";x", "\n", " "]))
    if draw(st.integers(0, 3)):
        return url
    place = draw(st.integers(0, len(url)))
    return url[:place] + draw(st.sampled_from("\t\r\n\0\\@#?;%:/. ")) + url[place:]


def _lenient(text: str) -> str:
    """Decode percent-encoding as an old server does, including overlong forms of UTF-8."""
    data = unquote_to_bytes(text).decode("latin-1")
    data = re.sub(
        "[\xc0-\xdf][\x80-\xbf]", lambda m: chr((ord(m[0][0]) & 31) << 6 | ord(m[0][1]) & 63), data
    )
    return re.sub(
        "[\xe0-\xef][\x80-\xbf]{2}",
        lambda m: chr((ord(m[0][0]) & 15) << 12 | (ord(m[0][1]) & 63) << 6 | ord(m[0][2]) & 63),
        data,
    )


DECODERS = (str, unquote, lambda text: unquote(unquote(text)), _lenient)
FOLDERS = (
    lambda text: text,
    lambda text: unicodedata.normalize("NFKC", text),
    lambda text: text.replace("\\", "/"),
    lambda text: re.sub("[\0-\x1f\x7f-\x9f]", "", text),
    lambda text: text.partition("\0")[0],
    lambda text: re.sub(";[^/]*", "", text),
)


def _readings(path: str) -> set[str]:
    """The folders in which different servers would look for a path."""
    found = set()
    for decode, *folds in product(DECODERS, FOLDERS, FOLDERS):
        text = decode(path)
        for fold in folds:
            text = fold(text)
        found.add(posixpath.normpath("/" + text.lstrip("/")))
    return found


@given(_odd_urls())
def test_signed_url_is_inside_its_address_for_every_parser_and_server(url: str) -> None:
    sent = _prepared(url)
    signed_by = _signed_by(sent)
    if sent is None or signed_by is None:
        return
    address = Address.parse(signed_by)
    for parts in (urlsplit(sent), parse_url(sent)):
        port = parts.port or DEFAULT_PORTS[address.scheme]
        assert (parts.scheme, parts.hostname, port) == (address.scheme, address.host, address.port)
    folder = "/" + "/".join(address.path)
    outside = [
        path for path in _readings(urlsplit(sent).path) if not f"{path}/".startswith(folder + "/")
    ]
    assert outside == []


@many
@given(
    _odd_urls() | st.text() | st.text(alphabet="ab.:/\\@?#;%2ef\t\n[]-_").map("https://".__add__)
)
def test_parsers_agree_on_every_url_that_can_be_signed(url: str) -> None:
    ours = Address.of_request(url)
    if ours is None:
        return
    dialed, split = parse_url(url), urlsplit(url)
    default = DEFAULT_PORTS[ours.scheme]
    assert (dialed.scheme, dialed.host, dialed.port or default) == (
        ours.scheme,
        ours.host,
        ours.port,
    )
    assert (split.scheme, split.hostname, split.port or default) == (
        ours.scheme,
        ours.host,
        ours.port,
    )
    assert (dialed.auth, split.username, split.password) == (None, None, None)


@given(_odd_urls())
@example("https://conda.example.org/lab/label/dev?#/private")
def test_url_that_is_signed_as_written_is_sent_to_the_same_address(url: str) -> None:
    written = _signed_by(url)
    if written is None:
        return
    assert _signed_by(_prepared(url)) == written


@pytest.mark.parametrize("signed", [True, False])
def test_odd_urls_include_signed_and_unsigned_ones(signed: bool) -> None:
    url = find(_odd_urls(), lambda url: (_signed_by(_prepared(url)) is not None) is signed)
    assert (_signed_by(_prepared(url)) is not None) is signed
