"""What people type for a channel: what is understood, what is refused, and what is never shown."""

from __future__ import annotations

import pytest

from conda_private.model.exceptions import AddressError, SecretInUrlError
from conda_private.model.typed import Typed, parse, usual_label
from tests.wording import assert_reads_well

ANACONDA = "https://conda.anaconda.org"
PREFIX = "https://repo.prefix.dev"
# No error shows one of these.
SECRETS = ("s3cr3t", "alice")


@pytest.mark.parametrize(
    ("text", "name", "package"),
    [
        ("my-org", "my-org", ""),
        ("my-org/label/dev", "my-org/label/dev", ""),
        ("my.org", "my.org", ""),
        ("my.org/label/dev", "my.org/label/dev", ""),
        ("my-org/", "my-org", ""),
        ("my-org/noarch", "my-org", ""),
        ("noarch", "noarch", ""),
        ("my-org/linux-64/repodata.json.zst", "my-org", ""),
        ("my-org/noarch/hello-1!1.0-0.conda", "my-org", ""),
        ("my-org/label/dev/channeldata.json", "my-org/label/dev", ""),
        ("my-org::hello", "my-org", "hello"),
        ("my-org/label/dev::hello >=1.0", "my-org/label/dev", "hello >=1.0"),
        ("https", "https", ""),
        ("My%20Project/feed", "My%20Project/feed", ""),
    ],
)
def test_name_is_understood(text: str, name: str, package: str) -> None:
    assert parse(text) == Typed(name, None, package)


@pytest.mark.parametrize(
    ("text", "address", "package"),
    [
        ("https://conda.example.org/my-org", "https://conda.example.org/my-org", ""),
        ("https://conda.example.org/noarch", "https://conda.example.org", ""),
        ("https://conda.example.org/a/noarch/x-1!2-0.conda", "https://conda.example.org/a", ""),
        ("https://conda.example.org/a/x.conda", "https://conda.example.org/a/x.conda", ""),
        ("https://conda.example.org/a/linux-64/b", "https://conda.example.org/a/linux-64/b", ""),
        ("https://conda.example.org/a/channeldata.json", "https://conda.example.org/a", ""),
        ("https://conda.example.org/my-org::hello", "https://conda.example.org/my-org", "hello"),
        ("https://host.example/My%20Project/x/noarch", "https://host.example/My%20Project/x", ""),
        ("https://anaconda.org/my-org", f"{ANACONDA}/my-org", ""),
        ("https://anaconda.org/my-org/", f"{ANACONDA}/my-org", ""),
        ("https://anaconda.org/my-org/hello", f"{ANACONDA}/my-org", "hello"),
        ("https://www.Anaconda.org/my-org/hello/files#x", f"{ANACONDA}/my-org", "hello"),
        ("https://anaconda.org/my-org/repo?label=dev", f"{ANACONDA}/my-org", ""),
        ("https://anaconda.org/my-org/label/dev", f"{ANACONDA}/my-org/label/dev", ""),
        ("https://anaconda.org/channels/my-org/packages/hello", f"{ANACONDA}/my-org", "hello"),
        ("anaconda.org/my-org", f"{ANACONDA}/my-org", ""),
        ("anaconda.org/my-org::hello", f"{ANACONDA}/my-org", "hello"),
        ("conda.anaconda.org/my-org/noarch", f"{ANACONDA}/my-org", ""),
        ("https://prefix.dev/channels/x", f"{PREFIX}/x", ""),
        ("prefix.dev/channels/x/packages/hello", f"{PREFIX}/x", "hello"),
        ("https://prefix.dev/x", "https://prefix.dev/x", ""),
    ],
)
def test_address_and_page_are_understood(text: str, address: str, package: str) -> None:
    typed = parse(text)
    assert (typed.name, str(typed.address), typed.package) == ("", address, package)


@pytest.mark.parametrize(
    "text", ["https://anaconda.org", "anaconda.org/", "https://anaconda.org/a b"]
)
def test_page_without_a_channel_is_refused(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse(text)
    assert caught.value.next_step == f"conda private login {ANACONDA}/CHANNEL"
    assert_reads_well(caught.value)


HOSTS = {
    "conda.example.org/my-org": "https://conda.example.org/my-org",
    "example.org/my-org": "https://example.org/my-org",
    "host:8443/x": "https://host:8443/x",
    "host:8443": "https://host:8443",
    "https:/conda.example.org/x": "https://conda.example.org/x",
    "https//conda.example.org/x": "https://conda.example.org/x",
    "HTTPS:conda.example.org/x": "https://conda.example.org/x",
    "http:/conda.example.org/x": "https://conda.example.org/x",
    "//conda.example.org/x": "https://conda.example.org/x",
    "//host/x/noarch": "https://host/x",
    "localhost/x": "https://localhost/x",
    "10.0.0.1": "https://10.0.0.1",
    "[::1]/x": "https://HOST/CHANNEL",
    "C:\\channel": "https://HOST/CHANNEL",
    "conda.example.org/t/s3cr3t_a.b/x": "https://conda.example.org/x",
    "conda.example.org/x?token=s3cr3t": "https://HOST/CHANNEL",
    "httpserver.example.org/x": "https://httpserver.example.org/x",
}


@pytest.mark.parametrize(("text", "meant"), HOSTS.items())
def test_text_that_looks_like_a_host_is_never_a_name(text: str, meant: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse(text, "check")
    error = caught.value
    assert error.next_step.splitlines()[0] == f"did you mean  conda private check {meant}"
    assert error.return_code == 2
    assert not any(secret in str(error) for secret in SECRETS)
    assert_reads_well(error)


WITH_SECRETS = {
    "alice:s3cr3t@host/x": "https://host/x",
    "s3cr3t@host": "https://host",
    "alice:s3cr3t@host:8443/x": "https://host:8443/x",
    "alice::s3cr3t@host/x": "https://host/x",
    "alice:p@s3cr3t@host/x": "https://host/x",
    "alice:p/s3cr3t@host/x": "https://HOST/CHANNEL",
    "https:/alice:s3cr3t@host/x": "https://host/x",
    "//alice:s3cr3t@host/x": "https://host/x",
    "my-org/alice:s3cr3t@host": "https://HOST/CHANNEL",
    "alice:s3cr3t@anaconda.org/my-org": f"{ANACONDA}/my-org",
    "https://alice:s3cr3t@host/x": "https://host/x",
    "https://alice:p@s3cr3t/word@host/x": "https://HOST/CHANNEL",
    "https://s3cr3t/word@host/x": "https://HOST/CHANNEL",
    "https://alice@host/x?token=s3cr3t": "https://HOST/CHANNEL",
    "https://alice@host/x#s3cr3t": "https://HOST/CHANNEL",
    "https://host/t/s3cr3t_a.b/x": "https://host/x",
    "anaconda.org/t/s3cr3t/x": "https://anaconda.org/x",
}


@pytest.mark.parametrize(("text", "plain"), WITH_SECRETS.items())
def test_nothing_before_an_at_sign_is_shown(text: str, plain: str) -> None:
    with pytest.raises(SecretInUrlError) as caught:
        parse(text, "logout")
    error = caught.value
    assert error.next_step.endswith(f"conda private logout {plain}")
    assert not any(secret in str(error) for secret in SECRETS)
    assert "list of processes" in error.cause
    assert_reads_well(error)


def test_several_dots_may_be_a_name_on_anaconda_org() -> None:
    with pytest.raises(AddressError) as caught:
        parse("j.r.smith")
    assert caught.value.next_step.splitlines() == [
        "did you mean  conda private login https://j.r.smith",
        f"or, on anaconda.org,  conda private login {ANACONDA}/j.r.smith",
    ]


def test_word_that_settings_define_is_a_name_unless_it_may_contain_a_password() -> None:
    assert parse("my.team/x", is_name="my.team".__eq__).name == "my.team/x"
    with pytest.raises(SecretInUrlError):
        parse("s3cr3t@x/y", is_name=lambda word: True)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("my-org dev", "my-org --label dev"),
        ("my-org:dev", "my-org --label dev"),
        ("my-org s3cr3t", "my-org --label LABEL"),
        ("my-org:s3cr3t", "my-org --label LABEL"),
    ],
)
def test_second_word_is_asked_to_be_a_label(text: str, meant: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse(text)
    assert caught.value.next_step == f"did you mean  conda private login {meant}"
    assert "s3cr3t" not in str(caught.value)
    assert_reads_well(caught.value)


@pytest.mark.parametrize("text", ["", " my-org", "my-org\n", "a b c", "a//b", "a.conda", "/srv/x"])
def test_anything_else_is_not_a_name(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse(text, "share")
    assert caught.value.what == "This is not the name of a channel."
    assert caught.value.next_step.startswith("conda private share my-org ")


def test_usual_label_is_repeated_and_any_other_word_is_not() -> None:
    assert usual_label("dev") == "dev"
    assert usual_label("s3cr3t") == "LABEL"
