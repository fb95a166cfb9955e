"""A credential gives access if the channel shows more with it: proven cheaply, on real sockets."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest
from requests import Response

from conda_private.http.client import Signer, read
from conda_private.http.index_names import JSON, SHARDS, ZST
from conda_private.http.probe import RepodataProbe
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    AccessDeniedError,
    ChannelNotFoundError,
    CondaPrivateError,
    ConnectionFailedError,
    NotAChannelError,
    TokenRefusedError,
)
from conda_private.model.ports import Comparison
from conda_private.model.schemes import BEARER, TOKEN, Scheme
from conda_private.model.secret import Secret
from tests.http.index_server import Answer, Channel, serve, shown
from tests.http.test_index_names import compressed, index_in

SECRET = Secret("ca-nary-p0")
HTML = Answer(200, b"<!doctype html><title>Sign in</title>", {"Content-Type": "text/html"})
MANY = 20_000
T = TypeVar("T")


class Counting:
    """Reads like the probe does by default, and counts the bytes of bodies that were read."""

    def __init__(self) -> None:
        self.size = 0

    def __call__(self, url: str, signer: Signer, take: Callable[[Response], T]) -> T:
        def counted(response: Response) -> T:
            try:
                return take(response)
            finally:
                self.size += response.raw.tell()

        return read(url, signer, counted)


def probe(subdirs: tuple[str, ...] = ("noarch",), read: object = read) -> RepodataProbe:
    """A probe of real requests."""
    return RepodataProbe(subdirs=subdirs, read=read)  # type: ignore[arg-type]


def compare(channel: Channel, *schemes: Scheme, secret: Secret = SECRET) -> Comparison:
    """Compare the channel with and without the token."""
    return probe().compare(Address.parse(channel.url), schemes or (TOKEN,), secret)


def repodata(names: Iterable[str]) -> bytes:
    """A `repodata.json` with one file for each name."""
    return index_in(JSON, dict.fromkeys(names, "0"))


def large(count: int, step: int = 1) -> bytes:
    """A `repodata.json` of more than a megabyte."""
    records = {f"p{at:06}-1-0.conda": {"depends": ["x" * 60]} for at in range(0, count, step)}
    return json.dumps({"info": {}, "packages": {}, "packages.conda": records}).encode()


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b"[]", b"{}", b'{"packages": 5}', b"\xff", b"", b"null", HTML.body]
)
def test_answer_in_another_format_is_a_clear_error(body: bytes) -> None:
    with (
        serve(shown({"repodata.json": body})) as channel,
        pytest.raises(NotAChannelError, match="not repodata"),
    ):
        compare(channel)


def test_files_that_only_the_credential_shows_are_counted_and_named() -> None:
    public, private = {"repodata.json": repodata("ab")}, {"repodata.json": repodata("abcd")}
    with serve(shown(public, private)) as channel:
        found = compare(channel)
    assert found == Comparison(
        TOKEN, gives_access=True, packages=4, private=2, private_names={"noarch": ("c", "d")}
    )
    assert channel.files == ["noarch/repodata.json"] * 2


def test_same_packages_are_no_access() -> None:
    with serve(shown({"repodata.json": repodata("ab")})) as channel:
        assert compare(channel) == Comparison(TOKEN, gives_access=False, packages=2, private=0)


def test_empty_channel_is_no_access_and_has_no_packages() -> None:
    with serve(shown({"repodata.json": repodata("")})) as channel:
        assert compare(channel) == Comparison(TOKEN, gives_access=False, packages=0, private=0)


@pytest.mark.parametrize(
    "refusal",
    [
        *(Answer(status) for status in (401, 403, 404)),
        HTML,
        Answer(302, headers={"Location": "http://localhost.invalid:1/sign-in"}),
    ],
    ids=["401", "403", "404", "html", "redirect to another host"],
)
def test_refusal_without_the_credential_is_proof_of_access(refusal: Answer) -> None:
    index = Answer(200, large(MANY))
    counting = Counting()
    with serve(lambda file, credential: index if credential else refusal) as channel:
        reader = probe(("noarch", "linux-64"), counting)
        found = reader.compare(Address.parse(channel.url), (TOKEN,), SECRET)
    assert found == Comparison(TOKEN, gives_access=True, closed=True)
    assert counting.size <= 64 * 1024
    assert len(channel.asked) == 4


def test_packages_of_a_small_closed_channel_are_counted() -> None:
    with serve(shown({}, {"repodata.json": repodata("abc")})) as channel:
        found = compare(channel)
    assert found == Comparison(TOKEN, gives_access=True, closed=True, packages=3, private=3)


@pytest.mark.parametrize("page", [HTML, Answer(302, headers={"Location": "http://127.0.0.2:1/"})])
def test_sign_in_page_for_one_scheme_means_the_next_one_is_tried(page: Answer) -> None:
    index = Answer(200, repodata("a"))
    with serve(lambda file, credential: index if credential else page) as channel:
        assert compare(channel, BEARER, TOKEN).scheme == TOKEN


def test_sign_in_page_for_every_scheme_is_an_error() -> None:
    with (
        serve(lambda file, credential: HTML) as channel,
        pytest.raises(NotAChannelError, match="text/html"),
    ):
        compare(channel, BEARER, TOKEN)


def test_redirect_to_a_host_that_does_not_respond_is_named() -> None:
    page = Answer(302, headers={"Location": "http://127.0.0.2:1/sign-in"})
    with (
        serve(lambda file, credential: page) as channel,
        pytest.raises(NotAChannelError, match=r"a redirect to 127\.0\.0\.2:1"),
    ):
        compare(channel)


def test_refusal_says_more_than_a_page() -> None:
    with (
        serve(lambda file, credential: Answer(401) if credential else HTML) as channel,
        pytest.raises(TokenRefusedError),
    ):
        compare(channel)
    with serve(lambda file, credential: Answer(403)) as channel, pytest.raises(AccessDeniedError):
        compare(channel)


def test_channel_that_is_not_there_is_not_found() -> None:
    with serve(shown({})) as channel:
        with pytest.raises(ChannelNotFoundError):
            compare(channel)
        assert not probe().look(Address.parse(channel.url))


def test_index_that_was_looked_at_is_not_read_again() -> None:
    public, private = {"repodata.json": repodata("a")}, {"repodata.json": repodata("ab")}
    with serve(shown(public, private)) as channel:
        reader, address = probe(), Address.parse(channel.url)
        assert reader.look(address)
        assert reader.compare(address, (TOKEN,), SECRET).private == 1
    assert [credential for _, credential in channel.asked] == ["", "token ca-nary-p0"]


@pytest.mark.parametrize("forms", [(SHARDS, ZST), (ZST,), ()], ids=["shards", "zst", "json"])
def test_large_index_is_compared_in_its_smallest_form(forms: tuple[object, ...]) -> None:
    def files(step: int) -> dict[str, bytes]:
        names = {f"p{at:06}": "0" for at in range(0, MANY, step)}
        small = {form.file: index_in(form, names) for form in forms}  # type: ignore[attr-defined]
        return {"repodata.json": large(MANY, step), **small}

    counting = Counting()
    with serve(shown(files(2), files(1))) as channel:
        found = probe(read=counting).compare(Address.parse(channel.url), (TOKEN,), SECRET)
    assert found.gives_access
    assert not found.closed
    assert found.packages == (None if SHARDS in forms else MANY)
    assert found.private == (None if SHARDS in forms else MANY // 2)
    assert len(found.private_names["noarch"]) == 16
    if forms:
        assert counting.size < len(large(MANY))


def test_form_that_is_the_same_for_everyone_proves_nothing() -> None:
    same = {SHARDS.file: index_in(SHARDS, {"p": "0"}), ZST.file: compressed(large(9))}
    public = {"repodata.json": large(MANY, 2), **same}
    with serve(shown(public, {"repodata.json": large(MANY), **same})) as channel:
        assert compare(channel).private == MANY // 2


@pytest.mark.parametrize("page", [HTML.body, b"", compressed(b"not an index"), b"\x28\xb5\x2f\xfd"])
def test_page_for_a_missing_form_means_the_next_form_is_read(page: bytes) -> None:
    other = {SHARDS.file: page, ZST.file: page}
    public = {"repodata.json": large(MANY, 2), **other}
    with serve(shown(public, {"repodata.json": large(MANY), **other})) as channel:
        assert compare(channel).private == MANY // 2


def test_channel_that_serves_shards_only_can_be_compared() -> None:
    public = {SHARDS.file: index_in(SHARDS, {"a": "0"})}
    private = {SHARDS.file: index_in(SHARDS, {"a": "0", "b": "0"})}
    with serve(shown(public, private)) as channel:
        found = compare(channel)
    assert found.gives_access
    assert found.private_names == {"noarch": ("b",)}
    with serve(shown({}, private)) as channel:
        found = compare(channel)
        assert (found.gives_access, found.closed) == (True, True)


def test_index_that_is_compressed_on_the_fly_is_compared() -> None:
    def answer(file: str, credential: str) -> Answer:
        if not file.endswith(".json"):
            return Answer(404)
        body = gzip.compress(large(MANY, 1 if credential else 2))
        return Answer(200, body, {"Content-Encoding": "gzip", "ETag": '"the same for everyone"'})

    with serve(answer) as channel:
        found = compare(channel)
        assert (found.packages, found.private) == (MANY, MANY // 2)


@pytest.mark.parametrize("status", [500, 418])
def test_server_that_fails_is_an_error_without_proof(status: int) -> None:
    def answer(file: str, credential: str) -> Answer:
        return Answer(200, repodata("a")) if credential else Answer(status)

    with (
        serve(answer) as channel,
        pytest.raises(CondaPrivateError, match=f"failed with status {status}"),
    ):
        compare(channel)


def test_server_that_does_not_respond_is_an_error() -> None:
    with serve(shown({})) as channel:
        pass
    with pytest.raises(ConnectionFailedError):
        probe().look(Address.parse(channel.url))
