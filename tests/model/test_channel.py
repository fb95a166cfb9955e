"""Channels and labels, and what is said of addresses without TLS."""

from __future__ import annotations

import pytest

from conda_private.model.address import Address, refuse_plain_http
from conda_private.model.channel import channel_of, label_of, with_label
from conda_private.model.exceptions import AddressError, InsecureUrlError
from tests.wording import assert_reads_well

HOST = "https://conda.example.org"


@pytest.mark.parametrize(
    ("path", "channel", "label"),
    [
        ("", "", ""),
        ("/my-org", "/my-org", ""),
        ("/my-org/label/dev", "/my-org", "dev"),
        ("/deep/my-org/label/dev", "/deep/my-org", "dev"),
        ("/label/dev", "/label/dev", ""),
        ("/my-org/label", "/my-org/label", ""),
        ("/label/label/dev", "/label", "dev"),
        ("/my-org/labels/dev", "/my-org/labels/dev", ""),
    ],
)
def test_label_is_what_stands_behind_a_channel(path: str, channel: str, label: str) -> None:
    address = Address.parse(HOST + path)
    assert str(channel_of(address)) == HOST + channel
    assert label_of(address) == label


@pytest.mark.parametrize("label", ["dev", "1.0", "a-b_c", "main"])
def test_label_is_put_behind_a_channel(label: str) -> None:
    address = with_label(Address.parse(f"{HOST}/my-org"), label)
    assert str(address) == f"{HOST}/my-org/label/{label}"
    assert label_of(address) == label


@pytest.mark.parametrize(
    ("path", "label"),
    [("", "dev"), ("/a/label/b", "dev"), ("/a", "x y"), ("/a", ".."), ("/a", ""), ("/a", "b/c")],
)
def test_label_that_cannot_be_is_refused(path: str, label: str) -> None:
    with pytest.raises(AddressError) as caught:
        with_label(Address.parse(HOST + path), label)
    channel = f"{HOST}/a" if path else "my-org"
    assert caught.value.next_step == f"conda private login {channel} --label dev"
    assert_reads_well(caught.value)


def test_address_without_tls_is_refused_with_the_one_that_has_it() -> None:
    address = Address.parse("http://conda.example.org/my-org")
    with pytest.raises(InsecureUrlError) as caught:
        refuse_plain_http(address, allow_http=False, login="--api")
    assert caught.value.what.startswith(f"{address} ")
    assert caught.value.next_step.splitlines() == [
        f"--api {HOST}/my-org",
        "or, if you trust the network, add --allow-http",
    ]
    assert_reads_well(caught.value)
