"""Addresses: which texts are valid, how they are written, and what they cover."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_private.model.address import (
    MAX_URL,
    Address,
    as_requested,
    is_segment,
    refuse_plain_http,
)
from conda_private.model.channel import with_label
from conda_private.model.exceptions import AddressError, InsecureUrlError
from tests.many import many

CANARY = "canary-3f9a"

PLAIN = [
    "https://conda.anaconda.org",
    "https://conda.anaconda.org/my-org",
    "https://conda.anaconda.org/my-org/label/dev",
    "https://conda.anaconda.org/my-org/label/2026.1_rc~1+build=3",
    "https://conda.example.org:8443/get/private",
    "https://conda.example.org:80/private",
    "http://conda.example.org:443/private",
    "http://127.0.0.1:8080/private",
    "http://localhost/private",
    "https://conda_server/private",
    "https://10.0.0.1/private",
    "https://xn--bcher-kva.example/private",
    "https://conda.example.org/a,b/c@d/e:f/...",
    "https://conda.example.org/My%20Project/_packaging/%20",
]

PLAINER = {
    "host in upper case": (
        "https://Conda.EXAMPLE.org/Private",
        "https://conda.example.org/Private",
    ),
    "scheme in upper case": ("HTTPS://conda.example.org/a", "https://conda.example.org/a"),
    "default port of https": ("https://conda.example.org:443/a", "https://conda.example.org/a"),
    "default port of http": ("http://localhost:80/a", "http://localhost/a"),
    "port with zeros before it": (
        "https://conda.example.org:0443/a",
        "https://conda.example.org/a",
    ),
    "slash at the end": ("https://conda.example.org/a/", "https://conda.example.org/a"),
    "slash after the host": ("https://conda.example.org/", "https://conda.example.org"),
    "host in Unicode": ("https://b\u00fccher.example/a", "https://xn--bcher-kva.example/a"),
    "host in Unicode capitals": (
        "https://B\u00dcCHER.example/a",
        "https://xn--bcher-kva.example/a",
    ),
    "host in Unicode with port": (
        "https://b\u00fccher.example:8443/a",
        "https://xn--bcher-kva.example:8443/a",
    ),
    "full-width dot": ("https://conda\u3002example.org/a", "https://conda.example.org/a"),
    "full-width letters": ("https://\uff43onda.example.org/a", "https://conda.example.org/a"),
}

# Refused as a channel and refused as the URL of a request.
NEVER = {
    "empty": "",
    "name": "my-org",
    "no scheme": "conda.example.org/private",
    "no scheme, two slashes": "//conda.example.org/private",
    "file": "file:///srv/conda",
    "ftp": "ftp://conda.example.org/private",
    "s3": "s3://bucket/private",
    "no host": "https:///private",
    "one slash": "https:/conda.example.org/private",
    "userinfo": f"https://{CANARY}@conda.example.org/private",
    "userinfo with password": f"https://user:{CANARY}@conda.example.org/private",
    "userinfo, empty": "https://@conda.example.org/private",
    "userinfo that looks like the host": "https://conda.example.org@evil.example/private",
    "backslash instead of slashes": "https:\\\\conda.example.org\\private",
    "backslash after the host": "https://conda.example.org\\@evil.example/private",
    "backslash in the path": "https://conda.example.org/private\\..\\other",
    "encoded dot %2e%2e": "https://conda.example.org/private/%2e%2e/other",
    "encoded dot %2E, half": "https://conda.example.org/private/.%2E/other",
    "encoded slash %2f": "https://conda.example.org/private%2fother",
    "encoded slash %2F with dots": "https://conda.example.org/private/..%2Fother",
    "encoded backslash %5c": "https://conda.example.org/private%5cother",
    "encoded percent %25": "https://conda.example.org/private/%252e%252e/other",
    "encoded NUL": "https://conda.example.org/private/%00",
    "encoded line break": "https://conda.example.org/private/%0d%0aHost:evil",
    "encoded delete": "https://conda.example.org/private/%7f",
    "encoded letter": "https://conda.example.org/%70rivate",
    "encoding cut off": "https://conda.example.org/private/%2",
    "encoding of nothing": "https://conda.example.org/private/%zz",
    "overlong dots %c0%ae": "https://conda.example.org/private/%c0%ae%c0%ae/other",
    "overlong slash %c0%af": "https://conda.example.org/private/..%c0%afother",
    "overlong dots of three bytes": "https://conda.example.org/private/%e0%80%ae%e0%80%ae/other",
    "encoded full-width slash": "https://conda.example.org/private/..%ef%bc%8fother",
    "encoded C1 control": "https://conda.example.org/private/%c2%85",
    "dot segments": "https://conda.example.org/private/../other",
    "dot segments at the end": "https://conda.example.org/private/..",
    "single dot": "https://conda.example.org/./private",
    "two slashes": "https://conda.example.org//private",
    "two slashes inside": "https://conda.example.org/private//other",
    "two slashes at the end": "https://conda.example.org/private//",
    "semicolon": "https://conda.example.org/private;x/other",
    "semicolon after dots": "https://conda.example.org/private/..;/other",
    "encoded semicolon": "https://conda.example.org/private/..%3b/other",
    "tab": "https://conda.example.org/pri\tvate",
    "tab in the host": "https://conda.exam\tple.org/private",
    "newline": "https://conda.example.org/private\nother",
    "newline at the end": "https://conda.example.org/private\n",
    "newline before": "\nhttps://conda.example.org/private",
    "carriage return": "https://conda.example.org/private\r",
    "NUL": "https://conda.example.org/private\0",
    "blank": "https://conda.example.org/pri vate",
    "blank before": " https://conda.example.org/private",
    "blank at the end": "https://conda.example.org/private ",
    "fragment": "https://conda.example.org/private#other",
    "fragment before a host": "https://conda.example.org#@evil.example/private",
    "glob host": "https://*/private",
    "glob alone": "https://*",
    "glob of a set": "https://conda.example.org/[a-z]",
    "IPv6 literal": "https://[::1]/private",
    "IPv6 literal with port": "https://[2001:db8::1]:8443/private",
    "IPv6 zone": "https://[fe80::1%25eth0]/private",
    "port 0": "https://conda.example.org:0/private",
    "port 00000": "https://conda.example.org:00000/private",
    "port 65536": "https://conda.example.org:65536/private",
    "port 99999": "https://conda.example.org:99999/private",
    "port of six digits": "https://conda.example.org:000443/private",
    "port, empty": "https://conda.example.org:/private",
    "port, negative": "https://conda.example.org:-1/private",
    "port in other digits": "https://conda.example.org:\u0664\u0664\u0663/private",
    "host that begins with a dot": "https://.example.org/private",
    "encoded host": "https://conda%2eexample.org/private",
    "encoded at-sign": "https://user%40conda.example.org/private",
    "path not in ASCII": "https://conda.example.org/privat\u00e9",
    "Kelvin sign in the path": "https://conda.example.org/\u212aprivate",
    "full-width slash": "https://conda.example.org/private\uff0fother",
    "full-width at-sign": "https://user\uff20conda.example.org/private",
    "sign that folds to a/c": "https://\u2100.example.org/private",
    "long s in the scheme": "http\u017f://conda.example.org/private",
    "token": f"https://conda.example.org/t/{CANARY}/private",
    "token behind a base": f"https://conda.example.org/get/t/{CANARY}/private",
    "lone surrogate": "https://\ud800.example.org/private",
}

# A request's URL may have these; a channel's may not.
ONLY_AS_REQUEST = {
    "query": "https://conda.example.org/private?a=x",
    "glob": "https://conda.example.org/private/*",
    "variable": "https://conda.example.org/private/$VAR",
    "encoded exclamation mark": "https://conda.example.org/private/a%21b",
    "exclamation mark": "https://conda.example.org/private/noarch/x-1!2.0-0.conda",
}

# A channel's URL would put these into conda's configuration, which expands them.
ONLY_IN_SETTINGS = {
    "variable of a shell": "https://conda.example.org/${VAR}",
    "variable of Windows": "https://conda.example.org/%VAR%",
    "variable as the host": "https://${HOST}/private",
    "glob of one character": "https://conda.example.or?/private",
    "YAML quote": 'https://conda.example.org/private"',
}


def _parse(text: str) -> Address:
    return Address.parse(text)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_address_is_written_as_it_was_read(text: str) -> None:
    assert str(_parse(text)) == text


@pytest.mark.parametrize(("text", "plain"), PLAINER.values(), ids=PLAINER)
def test_address_is_written_in_its_plain_form(text: str, plain: str) -> None:
    assert str(_parse(text)) == plain
    assert _parse(text) == _parse(plain)


def test_address_has_the_parts_that_a_socket_needs() -> None:
    url = _parse("https://Conda.Example.org/private/label/dev")
    assert (url.scheme, url.host, url.port) == ("https", "conda.example.org", 443)
    assert url.path == ("private", "label", "dev")
    assert (url.origin, url.netloc) == ("https://conda.example.org", "conda.example.org")
    assert _parse("http://localhost:8080/a").origin == "http://localhost:8080"


def test_host_with_a_dot_at_its_end_is_another_host() -> None:
    dotted = _parse("https://conda.example.org./private")
    assert dotted.host == "conda.example.org."
    assert not _parse("https://conda.example.org/private").covers(dotted)
    assert not dotted.covers(_parse("https://conda.example.org/private"))


def test_homoglyph_is_another_host() -> None:
    cyrillic = _parse("https://c\u043enda.example.org/private")
    assert cyrillic.host.startswith("xn--")
    assert not _parse("https://conda.example.org/private").covers(cyrillic)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1"])
def test_loopback_is_recognized_by_its_literal_name(host: str) -> None:
    assert _parse(f"http://{host}:8080/a").is_loopback


@pytest.mark.parametrize(
    "host",
    [
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost.",
        "127.1",
        "127.0.0.2",
        "0x7f000001",
        "2130706433",
        "0.0.0.0",
        "10.0.0.1",
    ],
)
def test_other_names_of_this_machine_are_not_loopback(host: str) -> None:
    assert not _parse(f"http://{host}/a").is_loopback


@pytest.mark.parametrize(
    "text",
    [*NEVER.values(), *ONLY_AS_REQUEST.values(), *ONLY_IN_SETTINGS.values()],
    ids=[*NEVER, *ONLY_AS_REQUEST, *ONLY_IN_SETTINGS],
)
def test_invalid_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        _parse(text)
    shown = f"{caught.value} {caught.value!r} {caught.value.dump_map()}"
    assert CANARY not in shown
    assert "conda private login" in caught.value.next_step
    assert caught.value.return_code == 2


def test_error_of_an_invalid_address_describes_a_valid_one() -> None:
    with pytest.raises(AddressError) as caught:
        _parse("https://conda.example.org/../x")
    assert str(caught.value) == (
        "This is not the address of a conda channel.\n\n"
        "Cause: An address has a scheme (https), a host, possibly a port, and a plain path; no"
        " username, token, query, fragment, '..', '*' or '%', except %20 for a blank.\n"
        "Next:  conda private login my-org\n"
        "       or with its URL:  conda private login https://conda.example.org/my-org"
    )


@pytest.mark.parametrize("name", ["X", "Xorg", "orgX", "XX"])
def test_channel_can_begin_or_end_with_any_letter(name: str) -> None:
    assert _parse(f"https://conda.example.org/{name}").path == (name,)


@pytest.mark.parametrize("text", NEVER.values(), ids=NEVER)
def test_invalid_url_of_a_request_is_none(text: str) -> None:
    assert Address.of_request(text) is None


@pytest.mark.parametrize("text", ONLY_AS_REQUEST.values(), ids=ONLY_AS_REQUEST)
def test_name_of_a_file_can_have_more_characters_than_a_channel(text: str) -> None:
    url = Address.of_request(text)
    assert url is not None
    assert _parse("https://conda.example.org/private").covers(url)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("https://conda.example.org/private?a=b/../c", ("private",)),
        ("https://conda.example.org/private/?@evil.example", ("private",)),
        ("https://conda.example.org?x", ()),
        ("https://CONDA.example.org:443/private/noarch/", ("private", "noarch")),
        ("https://conda.example.org/p/noarch/x-1.0-0.tar.bz2", ("p", "noarch", "x-1.0-0.tar.bz2")),
        ("https://conda.example.org/private/t", ("private", "t")),
    ],
)
def test_url_of_a_request_is_read_without_its_query(text: str, path: tuple[str, ...]) -> None:
    assert Address.of_request(text) == Address("https", "conda.example.org", 443, path)


@pytest.mark.parametrize(
    "path", ["/t/tk-123/private/noarch/x.conda", "/t/tk-123", "/get/t/tk-123/private", "/t/a/t/b"]
)
def test_request_with_a_token_in_its_path_already_has_its_credential(path: str) -> None:
    assert Address.of_request(f"https://conda.example.org{path}") is None


COVERED = {
    "itself": "https://conda.example.org/private",
    "itself with a slash": "https://conda.example.org/private/",
    "itself in another case of the host": "https://CONDA.example.ORG/private",
    "itself with the default port": "https://conda.example.org:443/private",
    "a subdir": "https://conda.example.org/private/noarch",
    "a package": "https://conda.example.org/private/noarch/x-1.0-0.conda",
    "a label": "https://conda.example.org/private/label/dev",
    "a label with the name of another channel": (
        "https://conda.example.org/private/label/private2"
    ),
}

NOT_COVERED = {
    "sibling /private2": "https://conda.example.org/private2",
    "sibling /private-evil": "https://conda.example.org/private-evil/noarch/x.conda",
    "sibling /private.": "https://conda.example.org/private./noarch",
    "sibling /privat": "https://conda.example.org/privat",
    "parent": "https://conda.example.org",
    "other case of the path": "https://conda.example.org/Private",
    "the same name deeper": "https://conda.example.org/other/private",
    "suffix of the host": "https://conda.example.org.evil.example/private",
    "suffix glued to the host": "https://conda.example.orgevil/private",
    "prefix of the host": "https://evil-conda.example.org/private",
    "subdomain": "https://sub.conda.example.org/private",
    "parent domain": "https://example.org/private",
    "other port": "https://conda.example.org:8443/private",
    "port of http": "https://conda.example.org:80/private",
    "http": "http://conda.example.org/private",
    "http on the port of https": "http://conda.example.org:443/private",
}


@pytest.mark.parametrize("text", COVERED.values(), ids=COVERED)
def test_channel_covers_itself_and_everything_below(text: str) -> None:
    assert _parse("https://conda.example.org/private").covers(_parse(text))


@pytest.mark.parametrize("text", NOT_COVERED.values(), ids=NOT_COVERED)
def test_channel_does_not_cover(text: str) -> None:
    assert not _parse("https://conda.example.org/private").covers(_parse(text))


def test_host_covers_all_its_channels_and_no_other_origin() -> None:
    host = _parse("https://conda.example.org")
    assert host.covers(_parse("https://conda.example.org/private/label/dev"))
    assert not host.covers(_parse("https://conda.example.org:8443/private"))


def test_label_covers_neither_its_sibling_nor_its_channel() -> None:
    channel = _parse("https://conda.example.org/private")
    dev = with_label(channel, "dev")
    assert str(dev) == "https://conda.example.org/private/label/dev"
    assert channel.covers(dev)
    for other in (channel, with_label(channel, "main"), with_label(channel, "dev2")):
        assert not dev.covers(other)


@pytest.mark.parametrize("label", ["dev", "2026.1", "a_b~c+d=e", "rc-1", "...", "label"])
def test_label_is_one_word(label: str) -> None:
    url = with_label(_parse("https://conda.example.org/private"), label)
    assert url.path == ("private", "label", label)
    assert _parse(str(url)) == url


@pytest.mark.parametrize(
    "label",
    [
        "",
        ".",
        "..",
        "../other",
        "a/b",
        "a\\b",
        " dev",
        "dev ",
        "dev\n",
        "dev\nchannels: [evil]",
        "#dev",
        "*anchor",
        "!!tag",
        "&anchor",
        "${VAR}",
        "%VAR%",
        "a%2fb",
        "dev;x",
        "dev?x",
        "d\u00e9v",
    ],
)
def test_label_that_is_not_one_word_is_refused(label: str) -> None:
    assert not is_segment(label)
    with pytest.raises(AddressError):
        with_label(_parse("https://conda.example.org/private"), label)


def test_error_of_an_option_names_it_and_shows_an_example() -> None:
    with pytest.raises(AddressError) as caught:
        Address.parse(f"https://{CANARY}@host", "--api-url", "https://HOST/api")
    assert caught.value.what == "The value of --api-url is not a valid address."
    assert caught.value.next_step.endswith("--api-url https://HOST/api")
    assert CANARY not in str(caught.value)


def test_error_of_a_label_describes_a_valid_one() -> None:
    with pytest.raises(AddressError) as caught:
        with_label(_parse("https://conda.example.org/private"), "a/b")
    assert str(caught.value) == (
        "This label cannot have a login of its own.\n\n"
        "Cause: In an address, a label has letters from A to Z, digits, blanks and . _ ~ + = -."
        " With a login for its whole channel, conda also reads labels with a slash; it cannot"
        " authenticate requests for labels with %, ; or other letters.\n"
        "Next:  conda private login https://conda.example.org/private      # for all labels of the"
        " channel"
    )


@pytest.mark.parametrize(
    "text",
    [
        "https://conda.example.org",
        "https://conda.example.org/private/label/dev",
        "https://conda.example.org/get/private/label/dev",
    ],
)
def test_label_cannot_be_added_to_a_host_or_to_a_label(text: str) -> None:
    with pytest.raises(AddressError):
        with_label(_parse(text), "main")


@given(
    st.sampled_from(["", "/t", "/private", "/get/t", "/label", "/private/label"]),
    st.sampled_from(["dev", "t", "label"]),
)
def test_address_with_a_label_is_read_back_or_refused(path: str, label: str) -> None:
    try:
        url = with_label(_parse(f"https://conda.example.org{path}"), label)
    except AddressError:
        return
    assert _parse(str(url)) == url


def test_child_is_below() -> None:
    channel = _parse("https://conda.example.org/private")
    child = channel.child("noarch", "repodata.json")
    assert str(child) == "https://conda.example.org/private/noarch/repodata.json"
    assert channel.covers(child)
    assert channel.path == ("private",)


def test_addresses_are_ordered_by_origin_then_path() -> None:
    texts = [
        "http://localhost/z",
        "https://a.example/b",
        "https://a.example/b/label/dev",
        "https://a.example/c",
        "https://b.example",
    ]
    assert [str(url) for url in sorted(map(_parse, reversed(texts)))] == texts


segments = st.from_regex(r"([A-Za-z0-9._~+=,:@-]|%20){1,12}", fullmatch=True).filter(
    lambda text: text not in (".", "..", "t")
)


@pytest.mark.hard
@many
@given(
    st.sampled_from(["http", "https"]),
    st.from_regex(r"[a-z0-9_][a-z0-9._-]{0,20}", fullmatch=True),
    st.integers(1, 65535),
    st.lists(segments, max_size=5),
)
def test_every_address_is_read_back_as_it_is_written(
    scheme: str, host: str, port: int, path: list[str]
) -> None:
    url = Address(scheme, host, port, tuple(path))
    assert Address.parse(str(url)) == url


@many
@given(
    st.text()
    | st.text(alphabet="ab.:/\\@?#;%2ef\t\n[]*\u00fc\u3002\uff0e\u2100").map("https://".__add__)
)
def test_any_text_is_an_address_in_plain_form_or_refused_as_one(text: str) -> None:
    try:
        url = Address.parse(text)
    except AddressError:
        return
    assert Address.parse(str(url)) == url
    assert str(url).isascii()


@pytest.mark.parametrize("url", ["http://conda.example.org/a", "http://127.0.0.2/a"])
def test_http_is_refused_with_the_command_for_https(url: str) -> None:
    with pytest.raises(InsecureUrlError) as caught:
        refuse_plain_http(Address.parse(url), allow_http=False)
    assert f"conda private login https{url[4:]}\n" in caught.value.next_step
    assert "--allow-http" in caught.value.next_step
    assert caught.value.return_code == 2


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://conda.example.org/a", False),
        ("http://localhost:8080/a", False),
        ("http://127.0.0.1/a", False),
        ("http://conda.example.org/a", True),
    ],
)
def test_https_loopback_and_accepted_http_are_not_refused(url: str, allowed: bool) -> None:
    refuse_plain_http(Address.parse(url), allow_http=allowed)


@pytest.mark.parametrize("tail", ["a", "?" + "a" * 100])
def test_request_with_a_longer_url_than_any_server_needs_is_not_looked_at(tail: str) -> None:
    url = "https://conda.example.org/" + "a/" * 4000
    text = url.ljust(MAX_URL - len(tail), "a") + tail
    assert Address.of_request(text)
    assert Address.of_request(text + "a") is None


def test_conda_has_two_texts_for_an_address_with_a_blank() -> None:
    address = _parse("https://conda.example.org/My%20Project/x")
    spellings = (str(address), "https://conda.example.org/My Project/x")
    assert address.spellings == spellings
    assert [Address.of_conda(text) for text in spellings] == [address, address]
    assert _parse("https://conda.example.org/x").spellings == ("https://conda.example.org/x",)
    assert as_requested(spellings[1]) == spellings[0]
    # A request that is sent has no blank.
    assert Address.of_request(spellings[1]) is None
