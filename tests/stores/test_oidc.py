"""The identity of a CI job: what each CI system is asked, and who gets the ID token."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conda_private.model.address import Address
from conda_private.model.exceptions import (
    CondaPrivateError,
    ConnectionFailedError,
    CredentialMissingError,
    InsecureUrlError,
    ServerError,
    TokenRefusedError,
    UsageError,
)
from conda_private.model.identity import Identity
from conda_private.model.secret import Secret
from conda_private.model.source import Source
from conda_private.stores import ci
from conda_private.stores.oidc import OidcStore, id_token, open_store
from conda_private.stores.once import answers
from tests.model.test_dumps import variables_of
from tests.server import PERSONALITIES, Anaconda, Fault, Server, serve
from tests.server.identities import REQUEST
from tests.server.identities import id_token as made_by_ci

ADDRESS = Address.parse("https://repo.prefix.dev/my-org")
AUDIENCE = "prefix.dev"
REQUEST_TOKEN = "ca-nary-request"
VARIABLES = (
    *("GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE", "CIRCLECI", "GCE_METADATA_HOST"),
    *("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "PREFIX_DEV_ID_TOKEN"),
)


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answers.cache_clear()
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(ci, "_PRODUCT", tmp_path / "product_name")


@pytest.fixture
def world() -> Anaconda:
    """A server like prefix.dev that trusts the job, and the CI system of the job."""
    world = Anaconda()
    world.personality = PERSONALITIES["prefix"]
    world.add_user("alice")
    world.trusted_jobs[world.job] = "alice"
    world.job_token = REQUEST_TOKEN
    return world


@pytest.fixture
def server(world: Anaconda) -> Iterator[Server]:
    """The world on the loopback."""
    with serve(world) as server:
        yield server
        assert server.errors == []


@pytest.fixture
def store(server: Server) -> OidcStore:
    """The source of a login to this server."""
    return OidcStore(f"{AUDIENCE} {server.conda}/api/oidc/mint_token")


@pytest.fixture
def github(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job of GitHub Actions with the permission ``id-token: write``."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"{server.conda}{REQUEST}?api-version=2.0")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", REQUEST_TOKEN)


def failure(store: OidcStore, kind: type[CondaPrivateError]) -> CondaPrivateError:
    """The error of a store; neither its text nor its variables contain a token."""
    with pytest.raises(kind) as caught:
        store.get(ADDRESS)
    error = caught.value
    text = f"{error} {variables_of(error)}"
    assert REQUEST_TOKEN not in text
    assert "eyJ" not in text  # how each JSON Web Token begins
    assert error.next_step
    return error


@pytest.mark.usefixtures("github")
def test_github_job_gets_a_credential_and_it_is_minted_once(
    store: OidcStore, server: Server, world: Anaconda
) -> None:
    secrets = {store.get(ADDRESS), store.get(Address.parse("https://repo.prefix.dev/other"))}
    assert {secret.reveal() for secret in secrets if secret} == set(world.tokens)
    asked, minted = server.requests
    assert asked.path == f"{REQUEST}?api-version=2.0&audience=prefix.dev"
    assert asked.headers["Authorization"] == f"Bearer {REQUEST_TOKEN}"
    assert (minted.method, minted.path) == ("POST", "/api/oidc/mint_token")
    assert minted.headers["Authorization"] is None
    assert json.loads(minted.body)["token"].startswith("eyJ")
    assert store.stamp() == 0


def test_source_says_what_it_is_and_nothing_is_stored(store: OidcStore, server: Server) -> None:
    source = Source.parse(str(store.source))
    assert open_store(source, print).source == source
    assert source.is_reference
    assert source.renews
    assert not source.is_written_to
    assert store.description.startswith("nowhere: 127.0.0.1:")
    store.put(ADDRESS, Secret("x"))
    assert store.delete(ADDRESS) is False
    assert server.requests == []
    assert store.missing(ADDRESS).cause.endswith("mints no credential.")


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize("name", ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"])
def test_github_job_without_the_permission_is_told_the_line_to_add(
    store: OidcStore, server: Server, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    error = failure(store, CredentialMissingError)
    assert error.what.startswith("This job of GitHub Actions may not have an ID token")
    assert "permissions:\n  contents: read\n  id-token: write" in error.next_step
    assert server.requests == []


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize("reason", ["audience", "token", "no JSON", "no value", "redirect"])
def test_ci_system_that_gives_no_token_is_named_with_its_answer(
    store: OidcStore, server: Server, world: Anaconda, reason: str
) -> None:
    world.audiences = {"other"} if reason == "audience" else None
    world.job_token = "another" if reason == "token" else REQUEST_TOKEN
    faults = {
        "no JSON": Fault.status(200, {}, b"oops"),
        "no value": Fault.status(200, {}, b'{"value": ""}'),
        "redirect": Fault.status(302, {"Location": f"{server.files}/elsewhere"}),
    }
    if reason in faults:
        server.fail(REQUEST, how=faults[reason])
    error = failure(store, CredentialMissingError)
    assert error.what == "GitHub Actions gave no ID token for the audience prefix.dev."
    status = {"audience": 400, "token": 401, "redirect": 302}.get(reason, 200)
    assert error.cause == f"It answered with status {status}."
    assert len(server.requests) == 1


@pytest.mark.usefixtures("github")
def test_request_token_is_not_sent_without_tls(
    store: OidcStore, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "http://ci.example.org/idtoken?a=b")
    assert "ACTIONS_ID_TOKEN_REQUEST_URL has no TLS" in failure(store, InsecureUrlError).what


@pytest.mark.usefixtures("github")
def test_job_that_the_server_does_not_trust_is_told_its_name(
    store: OidcStore, server: Server, world: Anaconda
) -> None:
    world.trusted_jobs.clear()
    error = failure(store, TokenRefusedError)
    assert error.what == f"{server.conda[7:]} gave no credential for the ID token of this job."
    assert "answered with 403" in error.cause
    assert f"The job is {world.job} of https://token.actions" in error.cause
    assert world.tokens == {}
    failure(store, TokenRefusedError)
    assert [each.status for each in server.requests] == [200, 403]  # nothing is asked twice


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_id_token_does_not_follow_a_redirect(store: OidcStore, server: Server, status: int) -> None:
    elsewhere = {"Location": f"{server.files}/mint"}
    server.fail("mint_token", how=Fault.status(status, elsewhere))
    assert f"redirects (status {status})" in failure(store, TokenRefusedError).cause
    assert [each.origin for each in server.requests] == ["conda", "conda"]


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize("body", [b"", b"a\nb", b"\xff\xfe", b'{"no": "token"}', b"<html>"])
def test_answer_that_is_no_credential_is_an_error(
    store: OidcStore, server: Server, body: bytes
) -> None:
    server.fail("mint_token", how=Fault.status(200, {}, body))
    if body == b"<html>":
        assert store.get(ADDRESS) == Secret("<html>")  # the login finds out: it gives no access
        return
    assert "did not answer with a credential. It " in failure(store, ServerError).what


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize("status", [429, 500, 502])
def test_server_that_fails_refuses_nothing(store: OidcStore, server: Server, status: int) -> None:
    server.fail("mint_token", how=Fault.status(status, {"Retry-After": "99"}))
    error = failure(store, ServerError)
    assert error.what == f"{server.conda[7:]} could not exchange the ID token of this job."
    assert error.cause.endswith(f"answered with {status}.")


@pytest.mark.hard
def test_mint_without_a_server_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("PREFIX_DEV_ID_TOKEN", made_by_ci(Anaconda(), AUDIENCE))
    failure(OidcStore(f"{AUDIENCE} http://127.0.0.1:1/mint"), ConnectionFailedError)


def test_gitlab_job_has_the_token_in_the_variable_of_the_audience(
    store: OidcStore, world: Anaconda, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    error = failure(store, CredentialMissingError)
    assert error.next_step.endswith("id_tokens:\n  PREFIX_DEV_ID_TOKEN:\n    aud: prefix.dev")
    answers.cache_clear()
    monkeypatch.setenv("PREFIX_DEV_ID_TOKEN", made_by_ci(world, AUDIENCE))
    assert store.get(ADDRESS) in map(Secret, world.tokens)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("audience", "name"),
    [
        ("prefix.dev", "PREFIX_DEV_ID_TOKEN"),
        ("https://conda.example.org/x", "HTTPS___CONDA_EXAMPLE_ORG_X_ID_TOKEN"),
    ],
)
def test_variable_of_gitlab_is_the_audience_in_upper_case(audience: str, name: str) -> None:
    assert ci.variable_of_gitlab(audience) == name


@pytest.mark.parametrize("audience", ["other", ["other", "prefix.devil"], None, 3])
def test_token_for_another_audience_is_not_sent(
    store: OidcStore,
    server: Server,
    world: Anaconda,
    monkeypatch: pytest.MonkeyPatch,
    audience: object,
) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("PREFIX_DEV_ID_TOKEN", made_by_ci(world, "", aud=audience))
    assert (
        failure(store, CredentialMissingError).cause == "It answered with one for another audience."
    )
    assert server.requests == []


def test_token_for_several_audiences_is_sent(
    world: Anaconda, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = made_by_ci(world, "", aud=["other", AUDIENCE])
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("PREFIX_DEV_ID_TOKEN", f"{text}\n")
    assert id_token(AUDIENCE) == Secret(text)


def test_text_that_is_no_token_is_not_sent(
    store: OidcStore, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("PREFIX_DEV_ID_TOKEN", "ca-nary-text")
    assert failure(store, CredentialMissingError).cause == "It answered with something else."
    assert server.requests == []


PROGRAMS = {
    "BUILDKITE": ("buildkite-agent", "oidc request-token --audience prefix.dev", "Buildkite"),
    "CIRCLECI": ("circleci", 'run oidc get --claims {"aud": "prefix.dev"}', "CircleCI"),
}


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Puts a program with these shell lines on PATH."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def make(name: str, script: str) -> None:
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)

    return make


@pytest.mark.skipif(os.name != "posix", reason="the programs here are shell scripts")
@pytest.mark.parametrize("variable", PROGRAMS)
def test_program_of_the_ci_system_gives_the_token(
    store: OidcStore,
    world: Anaconda,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    install: Callable[[str, str], None],
    variable: str,
) -> None:
    program, words, name = PROGRAMS[variable]
    monkeypatch.setenv(variable, "true")
    error = failure(store, CredentialMissingError)
    assert error.what.startswith(f"This job of {name} may not have an ID token")
    assert f"which {program}" in error.next_step
    for script, answer in (
        ("exit 3", "with exit code 3"),
        ("exec yes x", f"nothing: {program} printed"),
    ):
        answers.cache_clear()
        install(program, script)
        assert failure(store, CredentialMissingError).cause.startswith(f"It answered {answer}")
    answers.cache_clear()
    token = made_by_ci(world, AUDIENCE)
    install(program, f"""test "$*" = '{words}' && echo {token}""")
    assert store.get(ADDRESS) in map(Secret, world.tokens)
    assert len(server.requests) == 1


def test_google_is_asked_at_its_metadata_server_and_after_the_others(
    world: Anaconda, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "product_name").write_text("Google Compute Engine\n")
    assert ci.system().name == "Google Cloud"
    monkeypatch.setenv("GCE_METADATA_HOST", server.conda[7:])
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    text = made_by_ci(world, AUDIENCE)
    server.fail("computeMetadata", how=Fault.status(200, {}, text.encode()))
    assert id_token(AUDIENCE) == Secret(text)
    (asked,) = server.requests
    path = "/computeMetadata/v1/instance/service-accounts/default/identity"
    assert asked.path == f"{path}?audience=prefix.dev&format=full"
    assert asked.headers["Metadata-Flavor"] == "Google"
    (tmp_path / "product_name").unlink()
    assert ci.system().name == "Google Cloud"
    monkeypatch.setenv("GITLAB_CI", "true")
    assert ci.system().name == "GitLab CI"


def test_google_that_refuses_or_does_not_answer_is_an_error(
    server: Server, store: OidcStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GCE_METADATA_HOST", server.conda[7:])
    assert failure(store, CredentialMissingError).cause == "It answered with status 404."
    answers.cache_clear()
    monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:1")
    assert "a service account" in failure(store, CredentialMissingError).next_step


def test_machine_that_is_no_job_is_told_so(store: OidcStore, server: Server) -> None:
    error = failure(store, CredentialMissingError)
    assert error.what == "This is not a CI job that has an identity."
    assert "GitHub Actions, GitLab CI, Buildkite, CircleCI, Google Cloud" in error.cause
    assert server.requests == []


@pytest.mark.parametrize(
    "name",
    ["", "prefix.dev", " https://h.example/mint", "a\tb https://h.example/m", "a b c",
     "p\u00e4ss https://h.example/mint", "a https://h.example/mint?x=y"],
)  # fmt: skip
def test_name_of_another_form_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        OidcStore(name)


def test_mint_without_tls_is_refused_except_on_this_machine() -> None:
    with pytest.raises(InsecureUrlError) as caught:
        Identity.given("prefix.dev", "http://prefix.dev/api/oidc/mint_token")
    assert caught.value.next_step.endswith("--mint-url https://prefix.dev/api/oidc/mint_token")
    assert "--allow-http does not apply" in caught.value.cause
    assert str(Identity.given("a", "http://127.0.0.1:8000/m")) == "a http://127.0.0.1:8000/m"
