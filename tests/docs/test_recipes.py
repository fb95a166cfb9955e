"""The shell part of each recipe is extracted and run; no job leaves a token behind."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from tests.docs.conftest import Person
from tests.docs.following import (
    add_program,
    follow,
    has_anaconda_client,
    has_own_etc,
    has_token_in_a_file,
    run,
    runs_in_github,
    signs_in,
    trusts_the_job,
)
from tests.docs.pages import DOCS, Block, blocks, blocks_in, section
from tests.docs.recipes import (
    Part,
    audiences_of,
    part_of_pipeline,
    part_of_steps,
    parts_of_dockerfile,
    parts_of_workflow,
    permissions_of,
)
from tests.server import PERSONALITIES, build_package
from tests.server.identities import id_token

HOW_TO = DOCS / "how-to"
# The sections of the page on servers, each with the kind of server that it is about.
SERVERS = {
    "anaconda.org": "anaconda",
    "anaconda.cloud": "anaconda-cloud",
    "Anaconda Server": "psm",
    "Quetz": "quetz",
    "prefix.dev": "prefix",
    "Artifactory": "artifactory",
    "Nexus": "nexus",
    "Gitea and Forgejo": "gitea",
    "Cloudsmith": "cloudsmith",
    "Google Artifact Registry": "google",
    "Azure Artifacts": "azure",
}


def in_language(page: str, language: str) -> list[Block]:
    """The blocks of a how-to page that are written in a language."""
    return [block for block in blocks(HOW_TO / page) if block.language == language]


def run_part(part: Part, person: Person) -> str:
    """Run a part in a shell of its own, as a runner does; return its output."""
    given = " ".join(f"{name}={shlex.quote(person.token)}" for name in part.secrets)
    code, text = person.run(f"(set -e; {f'export {given}' if given else ':'}\n{part.script}\n)")
    assert code == 0, f"{part.script}\n{text}"
    return text


def assert_nothing_left(person: Person) -> None:
    """Assert that no file of the person contains the token, in any spelling."""
    assert person.conda.files_with(person.token) == []


def test_ci_github_actions(person: Person) -> None:
    person.without_keyring()
    _, whole, _ = in_language("ci-github-actions.md", "yaml")
    parts = list(parts_of_workflow(whole))
    assert [part.secrets for part in parts] == [{"MY_ORG_TOKEN": "MY_ORG_TOKEN"}, {}]
    texts = [run_part(part, person) for part in parts]
    assert texts[-1].strip() == "hello from a private package"
    assert_nothing_left(person)


@pytest.mark.hard
def test_ci_github_actions_without_a_secret(person: Person) -> None:
    runs_in_github(person)
    whole, _, _ = in_language("ci-github-actions.md", "yaml")
    assert permissions_of(whole)["id-token"] == "write"
    texts = [run_part(part, person) for part in parts_of_workflow(whole)]
    assert texts[-1].strip() == "hello from a private package"
    assert_no_job_left_anything(person)


@pytest.mark.hard
def test_ci_gitlab_without_a_secret(person: Person) -> None:
    trusts_the_job(person)
    person.conda.environment["GITLAB_CI"] = "true"
    whole, *_ = in_language("ci-gitlab.md", "yaml")
    for name, audience in audiences_of(whole).items():
        person.conda.environment[name] = id_token(person.world, audience)
    assert run_part(part_of_pipeline(whole), person).endswith("hello from a private package\n")
    assert_no_job_left_anything(person)


@pytest.mark.hard
def test_ci_others(person: Person) -> None:
    trusts_the_job(person)
    token = person.conda.folder.with_name("id-token")
    token.write_text(id_token(person.world, "prefix.dev"))
    asked = {
        "BUILDKITE": ("buildkite-agent", "oidc request-token --audience prefix.dev"),
        "CIRCLECI": ("circleci", 'run oidc get --claims {"aud": "prefix.dev"}'),
    }
    both = in_language("ci-others.md", "yaml")
    for (variable, (program, words)), block in zip(asked.items(), both, strict=True):
        add_program(person, program, f"#!/bin/sh\ntest \"$*\" = '{words}' && cat {token}\n")
        person.conda.environment[variable] = "true"
        text = run_part(part_of_steps(block), person)
        assert text.endswith("hello from a private package\n")
        assert_no_job_left_anything(person)
        del person.conda.environment[variable]


def assert_no_job_left_anything(person: Person) -> None:
    """Assert that tokens were minted, and that no file of the person contains one."""
    minted = person.world.tokens.keys() - {person.token}
    assert minted
    assert [file for token in minted for file in person.conda.files_with(token)] == []


@pytest.mark.hard
def test_ci_gitlab(person: Person) -> None:
    person.without_keyring()
    _, *with_secret = in_language("ci-gitlab.md", "yaml")
    by_variable, by_file = map(part_of_pipeline, with_secret)
    person.conda.environment["MY_ORG_TOKEN"] = person.token
    assert run_part(by_variable, person).endswith("hello from a private package\n")
    assert_nothing_left(person)
    del person.conda.environment["MY_ORG_TOKEN"]
    has_token_in_a_file(person)
    file = person.conda.home / "my-org-token"
    person.conda.environment["MY_ORG_TOKEN_FILE"] = str(file)
    assert "my-org/label/dev" in run_part(by_file, person)
    assert person.conda.files_with(person.token) == [file]


@pytest.mark.hard
def test_docker_buildkit(person: Person) -> None:
    person.without_keyring()
    file = person.conda.home / "my-org-token"
    person.shown[str(file)] = "/run/secrets/my-org-token"
    follow(DOCS / "how-to" / "docker-buildkit.md", person)
    logins = []
    for block in in_language("docker-buildkit.md", "dockerfile"):
        for part in parts_of_dockerfile(block):
            if part.mounts:
                has_token_in_a_file(person)
            run_part(part, person)
            file.unlink(missing_ok=True)
            assert_nothing_left(person)
            logins.append((person.conda.data_folder / "credentials.json").exists())
    assert logins == [True, False, True]


@pytest.mark.hard
@pytest.mark.skipif(
    "ANACONDA_CLIENT_PYTHON" not in os.environ,
    reason="ANACONDA_CLIENT_PYTHON names no interpreter that has anaconda-client",
)
def test_package_privately(person: Person, tmp_path: Path) -> None:
    has_anaconda_client(person, os.environ["ANACONDA_CLIENT_PYTHON"], tmp_path)
    output = person.conda.home / "output" / "noarch"
    output.mkdir(parents=True)
    tool = {"bin/my-tool": b"#!/bin/sh\nhello-private\n"}
    build_package(output, "my-tool", "1.0", depends=["hello-private"], files=tool)
    follow(DOCS / "how-to" / "package-privately.md", person)
    assert not person.world.accounts["my-org"].packages["my-tool"].public
    assert_nothing_left(person)


@pytest.mark.hard
def test_shared_cluster(person: Person) -> None:
    etc = has_own_etc(person)
    (etc / "my-org-token").write_text(person.token)
    person.without_keyring()
    person.conda.environment["CONDA_EXE"] = str(person.conda.executable)
    follow(DOCS / "how-to" / "shared-cluster.md", person)
    assert not (etc / "conda-private" / "credentials.json").exists()


@pytest.mark.hard
def test_server_by_server(person: Person) -> None:
    page = DOCS / "how-to" / "server-by-server.md"
    has_token_in_a_file(person)
    file = person.conda.home / "my-org-token"
    add_program(person, "gcloud", f"#!/bin/sh\ncat {shlex.quote(str(file))}\n")
    for heading, personality in SERVERS.items():
        person.world.personality = PERSONALITIES[personality]
        (block,) = blocks_in(section(page, heading))
        assert "..." not in block.text
        run(block, page, person)


# What each secret manager is asked, exactly; and what it prints, with the token in the place of %s.
MANAGERS = {
    "op": {"read op://team/conda/token": "%s"},
    "vault": {"kv get -mount=secret -field=token conda": "%s"},
    "aws": {
        "secretsmanager get-secret-value --secret-id conda-token --query SecretString"
        " --output text": "%s"
    },
    "az": {
        "keyvault secret show --vault-name team --name conda-token --query value"
        " --output tsv": "%s",
        "account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798": """{
  "accessToken": "%s",
  "expiresOn": "2099-01-01 12:00:00.000000",
  "expires_on": 4070952000,
  "subscription": "c2a1",
  "tenant": "b1d0",
  "tokenType": "Bearer"
}""",
    },
    "gcloud": {
        "secrets versions access latest --secret=conda-token": "%s",
        "auth print-access-token": "%s",
    },
    "bw": {"get password conda-token": "%s"},
    "bws": {
        "secret get 5f2c0f0e-6a0e-4f1d-9d7e-b1a500d1e2f3": """{
  "object": "secret",
  "key": "conda-token",
  "value": "%s",
  "note": ""
}"""
    },
    "pass": {"show work/conda": "%s\\nlogin: alice"},
}


def add_secret_managers(person: Person) -> None:
    """The programs of secret managers. Each refuses what its interface does not have."""
    has_token_in_a_file(person)
    token = f'"$(cat {shlex.quote(str(person.conda.home / "my-org-token"))})"'
    for name, answers in MANAGERS.items():
        cases = (
            f"{shlex.quote(asked)}) printf {shlex.quote(text)} {token} ;;"
            for asked, text in answers.items()
        )
        ends = 'case "$*" in\n' + "\n".join(cases) + "\n*) exit 64 ;;\nesac\n"
        add_program(person, name, f"#!/bin/sh\n{ends}")


@pytest.mark.hard
def test_secret_managers(person: Person) -> None:
    page = DOCS / "how-to" / "secret-managers.md"
    add_secret_managers(person)
    for block in blocks(page):
        hosts = {"pkgs.dev.azure.com": "azure", "europe-conda.pkg.dev": "google"}
        names = [name for host, name in hosts.items() if host in block.text]
        person.world.personality = PERSONALITIES[(*names, "anaconda")[0]]
        run(block, page, person)
    assert {name for name in MANAGERS if f"'{name} " not in page.read_text()} == set()
    assert person.conda.files_with(person.token) == [person.conda.home / "my-org-token"]


@pytest.mark.hard
def test_sign_in(person: Person) -> None:
    signs_in(person, "https://sso.example.org")
    oauth = {"issuer": "https://sso.example.org", "client_id": "conda"}
    entry = {"path": "/", "schemes": ["bearer"], "oauth": oauth}
    entry["scopes"] = {"*": ["conda:download"]}
    person.world.discovery = {"version": 1, "channels": [entry]}
    follow(DOCS / "how-to" / "sign-in.md", person)
    assert person.conda.files_with(person.token) == []


def test_every_server_has_its_command() -> None:
    assert len(blocks(HOW_TO / "server-by-server.md")) == len(SERVERS)
