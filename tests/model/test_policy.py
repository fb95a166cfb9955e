"""A policy: where credentials can be sent, where they come from, and where they are stored."""

from __future__ import annotations

import pytest

from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import AddressError, KeyringUnavailableError
from conda_private.model.login_request import LoginRequest
from conda_private.model.policy import Policy, PolicyError, ServerPattern
from conda_private.model.source import FILE, KEYRING, SYSTEM_BACKENDS, Source
from tests.wording import assert_reads_well

FILE_NAME = "/etc/conda-private/policy.yml"
CHANNEL = Address.parse("https://conda.example.org/my-org")
SYSTEM_KEYRING = Source("keyring", next(iter(SYSTEM_BACKENDS)))
OTHER_KEYRING = Source("keyring", "keyrings.alt.file.PlaintextKeyring")


def policy(*servers: str, sources: tuple[str, ...] | None = None, keyring: bool = False) -> Policy:
    """A policy with these entries."""
    return Policy(
        FILE_NAME,
        tuple(map(ServerPattern.parse, servers)) or None,
        None if sources is None else tuple(map(Source.parse, sources)),
        keyring,
    )


def is_refused(rules: Policy, request: LoginRequest, source: Source = SYSTEM_KEYRING) -> bool:
    """Whether a login is refused, with an error that names the file."""
    try:
        rules.refuse(request, source)
    except PolicyError as error:
        refusal = error
    else:
        return False
    assert FILE_NAME in refusal.cause
    assert shell.show(FILE_NAME) in refusal.next_step
    assert_reads_well(refusal)
    return True


@pytest.mark.parametrize(
    ("entry", "covered", "others"),
    [
        (
            "conda.example.org",
            ["https://conda.example.org", "https://conda.example.org/my-org/label/dev"],
            ["http://conda.example.org", "https://conda.example.org:8443", "https://example.org",
             "https://a.conda.example.org", "https://conda.example.org.evil.example"],
        ),
        ("conda.example.org:8443", ["https://conda.example.org:8443/a"],
         ["https://conda.example.org/a"]),
        ("https://conda.example.org/my-org", ["https://conda.example.org/my-org/label/dev"],
         ["https://conda.example.org", "https://conda.example.org/my-org2"]),
        ("conda.example.org/my-org", ["https://conda.example.org/my-org"],
         ["https://conda.example.org/other"]),
        ("http://localhost:8080", ["http://localhost:8080/a"], ["https://localhost:8080/a"]),
        ("*.example.org", ["https://conda.example.org/a", "https://a.b.example.org"],
         ["https://example.org", "https://notexample.org", "https://conda.example.org:8443",
          "http://conda.example.org", "https://example.org.evil.example"]),
        ("*.example.org/my-org", ["https://conda.example.org/my-org/label/dev"],
         ["https://conda.example.org/other"]),
    ],
)  # fmt: skip
def test_entry_covers_exactly_what_it_names(
    entry: str, covered: list[str], others: list[str]
) -> None:
    found = [
        text
        for text in covered + others
        if not is_refused(policy(entry), LoginRequest.to(Address.parse(text)))
    ]
    assert found == covered


@pytest.mark.parametrize(
    "text", ["", "*", "*.", "**.example.org", "a b", "https://*.example.org", "conda.*.org",
             "https://alice:x@example.org", "https://example.org/t/token/a", "file:///tmp"]
)  # fmt: skip
def test_entry_that_is_no_host_and_no_address_is_not_read(text: str) -> None:
    with pytest.raises(AddressError):
        ServerPattern.parse(text)


def test_without_a_policy_everything_is_allowed() -> None:
    for source in (FILE, OTHER_KEYRING, Source("env", "TOKEN"), Source("command", "op read x")):
        assert not is_refused(Policy(), LoginRequest.to(CHANNEL), source)


def test_api_that_the_user_names_is_a_server_too() -> None:
    request = LoginRequest.to(CHANNEL, api=Address.parse("https://evil.example/api"))
    assert is_refused(policy("conda.example.org"), request)
    assert not is_refused(policy("conda.example.org", "evil.example"), request)


def test_package_index_that_the_user_names_is_a_server_too() -> None:
    request = LoginRequest.to(CHANNEL, pypi=Address.parse("https://evil.example/simple"))
    assert is_refused(policy("conda.example.org"), request)


def test_what_is_known_for_a_server_is_allowed_with_it() -> None:
    request = LoginRequest.to(Address.parse("https://conda.anaconda.org/my-org"))
    assert request.api
    assert request.pypi
    assert not is_refused(policy("https://conda.anaconda.org/my-org"), request)
    prefix = LoginRequest.to(Address.parse("https://repo.prefix.dev/my-org"), source=Source("oidc"))
    assert not is_refused(policy("repo.prefix.dev"), prefix, prefix.source)
    web = Source("web", "https://prefix.dev rattler", "keyring")
    assert not is_refused(policy("repo.prefix.dev"), prefix, web)


@pytest.mark.parametrize(
    "source",
    [Source("oidc", "conda https://evil.example/mint"), Source("oidc", "prefix.dev https://evil.example/mint"),
     Source("web", "https://evil.example client", "keyring")],
)  # fmt: skip
def test_issuer_and_where_an_id_token_goes_are_servers_too(source: Source) -> None:
    for address in ("https://conda.example.org/my-org", "https://repo.prefix.dev/my-org"):
        request = LoginRequest.to(Address.parse(address))
        assert is_refused(policy("conda.example.org", "repo.prefix.dev"), request, source)
        both = policy("conda.example.org", "repo.prefix.dev", "evil.example")
        assert not is_refused(both, request, source)


def test_no_server_is_allowed_by_an_empty_list() -> None:
    assert is_refused(Policy(FILE_NAME, servers=()), LoginRequest.to(CHANNEL))
    assert is_refused(Policy(FILE_NAME, sources=()), LoginRequest.to(CHANNEL))


@pytest.mark.parametrize(
    ("sources", "allowed", "others"),
    [
        (("keyring",), [SYSTEM_KEYRING, OTHER_KEYRING], [FILE, Source("env", "TOKEN")]),
        ((str(OTHER_KEYRING),), [OTHER_KEYRING], [SYSTEM_KEYRING]),
        (("helper:pass",), [Source("helper", "pass")],
         [Source("helper", "evil"), Source("helper-store", "pass")]),
        (("command",), [Source("command", "op read x")],
         [Source("command", "op read x", "file"), Source("command", "op read x", "keyring")]),
        (("command", "keyring"), [Source("command", "op read x", "keyring")],
         [Source("command", "op read x", "file")]),
        (("web", "file"), [Source("web", "https://a.example b", "file")],
         [Source("web", "https://a.example b", "keyring")]),
    ],
)  # fmt: skip
def test_source_and_the_store_that_keeps_its_credential_must_be_allowed(
    sources: tuple[str, ...], allowed: list[Source], others: list[Source]
) -> None:
    rules, request = policy(sources=sources), LoginRequest.to(CHANNEL)
    found = [each for each in allowed + others if not is_refused(rules, request, each)]
    assert found == allowed
    assert [each for each in allowed + others if rules.allows(each)] == allowed


def test_error_does_not_repeat_a_command() -> None:
    with pytest.raises(PolicyError) as caught:
        policy(sources=("keyring",)).refuse_source(Source("command", "tool --password ca-nary"))
    assert "ca-nary" not in str(caught.value)
    assert "command" in caught.value.what


@pytest.mark.parametrize(
    ("source", "allowed"),
    [
        (SYSTEM_KEYRING, True),
        (KEYRING, True),
        (OTHER_KEYRING, False),
        (FILE, False),
        (Source("helper-store", "pass"), False),
        (Source("env", "TOKEN"), True),
        (Source("secret-file", "/run/secrets/a"), True),
        (Source("command", "op read x"), True),
        (Source("command", "op read x", "file"), False),
        (Source("command", "op read x", "keyring"), True),
        (Source("web", "https://a.example b", "file"), False),
        (Source("web", "https://a.example b", str(OTHER_KEYRING)), False),
    ],
)
def test_required_keyring_is_one_of_the_system_for_each_stored_credential(
    source: Source, allowed: bool
) -> None:
    rules = policy(keyring=True)
    assert rules.allows(source) is allowed
    with_issuer = Policy(FILE_NAME, None, rules.sources, require_keyring=True)
    assert is_refused(with_issuer, LoginRequest.to(CHANNEL), source) is not allowed


def test_file_in_the_place_of_a_keyring_is_refused_with_the_reason() -> None:
    error = KeyringUnavailableError("There is no keyring.", cause="D-Bus does not answer.")
    for rules in (policy(keyring=True), policy(sources=("keyring",))):
        with pytest.raises(PolicyError) as caught:
            rules.refuse_file(error)
        assert "There is no keyring. D-Bus does not answer." in caught.value.cause
        assert_reads_well(caught.value)
    policy(sources=("file",)).refuse_file(error)
