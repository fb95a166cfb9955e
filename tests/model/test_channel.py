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


def test_blank_in_a_label_is_encoded_in_its_address() -> None:
    address = with_label(Address.parse(f"{HOST}/my-org"), "my dev")
    assert str(address) == f"{HOST}/my-org/label/my%20dev"
    assert label_of(address) == "my dev"


@pytest.mark.parametrize("path", ["", "/a/label/b"])
def test_label_of_a_server_or_a_label_is_refused(path: str) -> None:
    with pytest.raises(AddressError) as caught:
        with_label(Address.parse(HOST + path), "dev")
    channel = f"{HOST}/a" if path else "my-org"
    assert caught.value.what == "This label cannot be added to this channel."
    assert caught.value.next_step == f"conda private login {channel} --label dev"
    assert_reads_well(caught.value)


@pytest.mark.parametrize("label", ["..", ".", "", " x", "b/c", "a%b", "a%20%b", "d\u00e9v", "a;b"])
def test_label_that_no_address_can_have_is_refused_with_the_way_that_works(label: str) -> None:
    with pytest.raises(AddressError) as caught:
        with_label(Address.parse(f"{HOST}/a"), label)
    assert caught.value.what == "This label cannot have a login of its own."
    assert (
        caught.value.next_step
        == f"conda private login {HOST}/a      # for all labels of the channel"
    )
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
