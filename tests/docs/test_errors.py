"""Every error of the reference is provoked for real, and has the text that the page shows."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable

import pytest

from tests.docs.conftest import Person
from tests.docs.following import (
    add_program,
    has_account,
    has_expired_token,
    has_policy,
    has_token_in_a_file,
    run,
    runs_in_github,
    signs_in,
)
from tests.docs.pages import DOCS, blocks_in, section
from tests.docs.test_completeness import errors
from tests.server import Fault

PAGE = DOCS / "reference" / "errors.md"
GROUPS = {"CondaPrivateError", "CredentialError"}
REPORTED = {"HiddenLoginError"}  # among the results of a command, which does not raise it


def nothing(person: Person) -> None:
    """Do nothing."""


def token_expires(person: Person) -> None:
    """A login whose token was revoked, at a server that then answers 401."""
    person.conda.login("my-org", "--label", "dev", token=person.token)
    person.world.tokens.clear()
    person.world.style = "401"


def access_is_withdrawn(person: Person) -> None:
    """One of two private packages is not shown any more, and another channel has its namesake."""
    packages = person.world.accounts["my-org"].packages
    (file,) = packages["hello-private"].files.values()
    (other,) = packages["on-main"].files.values()
    other.labels.add("dev")
    person.conda.login("my-org", "--label", "dev", token=person.token)
    del packages["hello-private"]
    person.world.add_package("other", file.path)


def another_plugin_has_the_channel(person: Person) -> None:
    """A login, and a file of another plugin that takes precedence."""
    person.conda.login("my-org", token=person.token)
    entry = "channel_settings: [{channel: 'https://conda.anaconda.org/*', auth: another-plugin}]"
    (person.conda.home / ".conda" / ".condarc").write_text(entry)


def another_channel_is_allowed(person: Person) -> None:
    """An organization that allows its own channels only."""
    (person.conda.home / ".condarc").write_text("allowlist_channels: [other]")


def token_of_another(person: Person) -> None:
    """A server that answers 403 to a user without access."""
    person.world.style = "403"
    person.world.add_user("bob")
    (person.conda.home / "token-of-another-user").write_text(person.world.add_token("bob"))


def account_expires(person: Person) -> None:
    """An account whose token has expired."""
    has_account(person)
    later = person.world.expiry(400 * 86_400)
    person.world.clock = lambda: later


def account_can_only_download(person: Person) -> None:
    """An account whose token can only download."""
    words = ("private", "login", "--account", "--no-verify", "--token-stdin")
    person.conda.ok(*words, stdin=person.token)


def strict_about_tokens(person: Person) -> None:
    """A server that creates no token for a whole year."""
    has_account(person)
    words = b'{"error": "Tokens must expire within 90 days"}'
    how = Fault.status(400, {"Content-Type": "application/json"}, words)
    person.server.fail("/authentications$", "api", how=how)


def variable_is_gone(person: Person) -> None:
    """A login whose variable is not set."""
    person.conda.ok("private", "login", "my-org", "--from-env", "MY_ORG_TOKEN", "--no-verify")


def job_without_permission(person: Person) -> None:
    """A job of GitHub Actions that may not have an ID token."""
    runs_in_github(person)
    del person.conda.environment["ACTIONS_ID_TOKEN_REQUEST_URL"]


def audience_is_not_known(person: Person) -> None:
    """A CI system that gives ID tokens for one audience."""
    runs_in_github(person)
    person.world.audiences = {"prefix.dev"}


def does_not_trust_the_job(person: Person) -> None:
    """A server that trusts another repository."""
    runs_in_github(person)
    person.world.trusted_jobs.clear()


def denies_the_sign_in(person: Person) -> None:
    """A user who refuses to sign in."""
    signs_in(person, "https://prefix.dev", decides="access_denied")


def server_fails(person: Person) -> None:
    """A server that fails."""
    has_token_in_a_file(person)
    person.server.fail(".", "conda", how=Fault.status(500))


def limited(person: Person) -> None:
    """A server that has had too many requests."""
    person.server.heal()
    person.server.fail(".", "conda", how=Fault.status(429, {"Retry-After": "120"}))


def wants_a_ticket(person: Person) -> None:
    """A server that accepts only Kerberos tickets."""
    has_token_in_a_file(person)
    person.world.style, person.world.challenge = "401", "Negotiate, NTLM"
    person.world.forms = set()


def takes_tokens_in_the_url(person: Person) -> None:
    """A server that accepts tokens only in the URL, and a token that does not fit there."""
    (person.conda.home / "my-org-token").write_text("my_org_token\n")
    person.world.style, person.world.challenge = "401", None
    person.world.forms = {"path"}


def web_page(person: Person) -> None:
    """A server that answers with a web page."""
    has_token_in_a_file(person)
    person.server.fail("^/start/", how=Fault.html())


def network_with_a_sign_in_page(person: Person) -> None:
    """A login, and then a network that answers everything with a page of its own."""
    person.server.heal()
    person.conda.login("my-org", "--label", "dev", token=person.token)
    person.server.fail("repodata", "conda", how=Fault.html())


def closed_port(person: Person) -> None:
    """A port of this machine without a server."""
    has_token_in_a_file(person)
    person.conda.environment["NO_PROXY"] = "localhost"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        person.shown[f"localhost:{free.getsockname()[1]}"] = "localhost:8443"


def unknown_authority(person: Person) -> None:
    """A server whose authority conda does not know."""
    has_token_in_a_file(person)
    del person.conda.environment["REQUESTS_CA_BUNDLE"]


def strict_proxy(person: Person) -> None:
    """A proxy that requires a password."""
    has_token_in_a_file(person)
    person.gateway.wants_password = True


def newer_logins_file(person: Person) -> None:
    """A logins file with a kind of store that this version does not know."""
    variable_is_gone(person)
    file = person.conda.data_folder / "credentials.json"
    file.write_text(file.read_text().replace("env:", "vault:"))


def locked_keyring(person: Person) -> None:
    """A keyring that is locked."""
    has_token_in_a_file(person)
    person.conda.environment["KEYRING_STAND_IN_IS"] = "locked"


def signed_out_of_a_secret_manager(person: Person) -> None:
    """1Password's program, before the user signed in."""
    words = "You are not currently signed in. Please run `op signin --help` for instructions"
    add_program(person, "op", f"#!/bin/sh\necho '[ERROR] {words}' >&2\nexit 1\n")


def readable_logins_file(person: Person) -> None:
    """A logins file that other users can read."""
    variable_is_gone(person)
    (person.conda.data_folder / "credentials.json").chmod(0o644)


def broken_logins_file(person: Person) -> None:
    """A logins file that was overwritten."""
    variable_is_gone(person)
    (person.conda.data_folder / "credentials.json").write_text("oops\n")


def two_lists(person: Person) -> None:
    """A file with two lists of channels."""
    (person.conda.home / "team.yml").write_text("channels:\n  - my-org\nchannel: other\n")


def presses_control_c(person: Person) -> None:
    """A user who presses Ctrl-C at the prompt."""
    person.shell.typed = "\x03"


PROVOKE: dict[str, tuple[Callable[[Person], None], ...]] = {
    "UsageError": (nothing, nothing),
    "AddressError": (nothing, nothing),
    "SecretInUrlError": (nothing,),
    "InsecureUrlError": (nothing, nothing),
    "SecretFormatError": (nothing, nothing),
    "NoTerminalError": (nothing,),
    "TokenRefusedError": (
        *(has_expired_token, token_expires, account_expires),
        *(wants_a_ticket, takes_tokens_in_the_url, does_not_trust_the_job),
    ),
    "NamesakeError": (access_is_withdrawn,),
    "HiddenLoginError": (another_plugin_has_the_channel,),
    "ChannelNotAllowedError": (another_channel_is_allowed,),
    "PolicyError": (has_policy,),
    "AccessDeniedError": (token_of_another, account_can_only_download),
    "CredentialMissingError": (variable_is_gone, job_without_permission, audience_is_not_known),
    "NotLoggedInError": (nothing,),
    "SignInError": (denies_the_sign_in,),
    "IssuerError": (nothing,),
    "AccountMissingError": (nothing,),
    "RequestRefusedError": (strict_about_tokens,),
    "AlreadyExistsError": (has_account,),
    "NotFoundError": (has_account,),
    "PublicPackageError": (has_account,),
    "ServerError": (server_fails, limited),
    "DiscoveryError": (nothing,),
    "ChannelNotFoundError": (has_token_in_a_file,),
    "NotAChannelError": (web_page, network_with_a_sign_in_page),
    "ConnectionFailedError": (closed_port, has_token_in_a_file),
    "TlsError": (unknown_authority, nothing),
    "ProxyRefusedError": (strict_proxy,),
    "StoreError": (newer_logins_file,),
    "KeyringUnavailableError": (Person.without_keyring,),
    "KeyringLockedError": (locked_keyring,),
    "HelperError": (nothing, signed_out_of_a_secret_manager),
    "UnsafeFileError": (readable_logins_file,),
    "FileFormatError": (broken_logins_file,),
    "FileWriteError": (nothing,),
    "CondarcError": (two_lists,),
    "CancelledError": (presses_control_c,),
}


def names() -> Iterable[str]:
    """The errors that can be shown."""
    return sorted({each.__name__ for each in errors()} - GROUPS)


@pytest.mark.hard
@pytest.mark.parametrize("name", names())
def test_error_has_the_text_of_the_reference(name: str, person: Person) -> None:
    shown = [block for block in blocks_in(section(PAGE, name)) if block.language == "console"]
    assert shown
    for provoke, block in zip(PROVOKE[name], shown, strict=True):
        assert name in REPORTED or f"{name}: " in block.text
        provoke(person)
        run(block, PAGE, person)
