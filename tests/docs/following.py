"""Follow a page: run its commands as the page has them, and compare their output.

With ``UPDATE_PAGES=1`` in the environment, an output that differs is written into the page instead,
unless the page shows only parts of it. Review the difference before you commit it.
"""

from __future__ import annotations

import base64
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.conftest import PASSWORD, Person
from tests.docs.pages import Block, Step, blocks, comparable, matches, name_of
from tests.server import PERSONALITIES, Fault, build_wheel
from tests.server.identities import REQUEST
from tests.server.settings import API_KEY

ACCOUNT_SCOPES = ("api:read", "api:write", "api:modify-group")
HELPER = """\
#!/bin/sh
[ "$1" = get ] && cat "$PASSWORD_MANAGER"
"""


def follow(page: Path, person: Person) -> None:
    """Run every command of a page, from top to bottom, as one person in one shell."""
    for block in blocks(page):
        run(block, page, person)


def run(block: Block, page: Path, person: Person) -> None:
    """Run the commands of one block of a page, or write the file that it shows."""
    if block.file:
        path = person.conda.home / block.file
        path.parent.mkdir(exist_ok=True)
        path.write_text(block.text)
    if block.language == "console" and not block.not_run:
        for step in block.steps():
            _take(step, page, person)


def _take(step: Step, page: Path, person: Person) -> None:
    code, text = person.run(step.command, asks=step.asks)
    where = f"{name_of(page)}: {step.command}"
    assert (code != 0) is step.fails, f"{where}\nexit code {code}\n{text}"
    shown, real = comparable(step.shown), comparable(text)
    # If a page shows no output, the command must succeed and can print anything.
    if shown and not matches(shown, real):
        can_be_written = "UPDATE_PAGES" in os.environ and step.shows_all
        assert can_be_written, "\n".join([where, *real])
        _write(step, "\n".join(line.rstrip() for line in text.strip("\r\n").splitlines()), page)


def _write(step: Step, text: str, page: Path) -> None:
    old = f"$ {step.command}\n{step.shown}"
    source = page.read_text(encoding="utf-8")
    page.write_text(source.replace(old, f"$ {step.command}\n{text}\n"), encoding="utf-8")


def has_token_in_a_file(person: Person) -> None:
    """A token from an email, saved in a file."""
    path = person.conda.home / "my-org-token"
    path.write_text(f"{person.token}\n")


def has_login_and_expired_token(person: Person) -> None:
    """A valid login, and another token that has expired."""
    person.conda.login("my-org", "--label", "dev", token=person.token)
    has_expired_token(person)


def has_channels_of_anaconda(person: Person) -> None:
    """Anaconda's own channels at repo.anaconda.cloud, for users with a token."""
    person.world.personality = PERSONALITIES["anaconda-cloud"]
    files = person.world.accounts["my-org"].packages["on-main"].files
    for name in ("main", "r"):
        person.world.add_organization(name, owners=["alice"])
        for file in files.values():
            person.world.add_package(name, file.path, private=True)


def has_token_of_anaconda_auth(person: Person) -> None:
    """What ``anaconda token install --org my-org`` has stored; the token is wrapped in base64."""
    person.world.personality = PERSONALITIES["anaconda-cloud"]
    record = {"repo_tokens": [{"org_name": "my-org", "token": person.token}]}
    text = base64.b64encode(json.dumps(record).encode()).decode()
    file = person.conda.home / ".anaconda" / "keyring"
    file.parent.mkdir()
    file.write_text(json.dumps({"Anaconda Cloud": {"anaconda.com": text}}))


def has_private_channels(person: Person) -> None:
    """Channels of anaconda.com with a package and with a wheel, and API keys of alice and bob."""
    world, folder = person.world, person.conda.folder
    for name, privacy in (("my-channel", "private"), ("wheels", "private"), ("open", "public")):
        world.add_private_channel(f"my-ns/{name}", owners=["alice"], privacy=privacy)
    (file,) = world.accounts["my-org"].packages["on-main"].files.values()
    for name in ("my-channel", "open"):
        world.add_package(f"my-ns/{name}", file.path)
    world.add_package("my-ns/wheels", build_wheel(folder, "hello-wheel", "1.0"))
    for name, key in (("alice", "my-api-key"), ("bob", "bobs-api-key")):
        (person.conda.home / key).write_text(world.add_token(name, API_KEY, name=key))


def has_expired_token(person: Person) -> None:
    """A token that has expired."""
    (person.conda.home / "expired-token").write_text(f"al-{'0' * 32}\n")


def has_token_in_condarc(person: Person, token: str = f"al-{'0' * 32}") -> None:
    """A channel list as other documentation has it, and an environment created with it."""
    url = f"https://conda.anaconda.org/t/{token}/my-org/label/dev"
    person.conda.condarc.write_text(f"channels:\n  - {url}\n  - defaults\n")
    person.conda.ok("create", "--name", "work", "--offline")


def has_wide_token(person: Person) -> None:
    """A token without restrictions."""
    path = person.conda.home / "wide-token"
    path.write_text(person.world.add_token("alice", name="everything"))


def has_token_from_ci(person: Person) -> None:
    """A job without a keyring, and the folder where a container finds its secrets."""
    person.without_keyring()
    has_token_in_a_file(person)
    person.conda.environment["MY_ORG_TOKEN"] = person.token
    (person.conda.home / "password").write_text(f"{PASSWORD}\n")
    for name in ("my-org-token", "password"):
        person.shown[str(person.conda.home / name)] = f"/run/secrets/{name}"


def has_password_manager(person: Person) -> None:
    """A password manager with a credential helper, which has the token."""
    add_program(person, "docker-credential-pass", HELPER)
    answer = person.conda.folder.with_name("password-manager.json")
    answer.write_text(json.dumps({"Username": "token", "Secret": person.token}))
    person.conda.environment["PASSWORD_MANAGER"] = str(answer)


def has_server_of_the_institute(person: Person) -> None:
    """A server with usernames and passwords, and a certificate of its own authority."""
    has_token_in_a_file(person)
    del person.conda.environment["REQUESTS_CA_BUNDLE"]
    authority = person.conda.home / "institute.pem"
    authority.write_bytes(person.gateway.ca_file.read_bytes())


def has_anaconda_client(person: Person, python: str, folder: Path) -> None:
    """The real anaconda-client, signed in with a token that can write.

    Args:
        person: the user who runs it.
        python: the interpreter that has it.
        folder: the folder for its start script, outside of the person's files.
    """
    token = person.world.add_token("alice", name="for uploads")
    words = f"HOME={folder} BINSTAR_CONFIG_DIR={folder} ANACONDA_API_TOKEN={token}"
    words += " OTEL_SDK_DISABLED=true"  # otherwise it reports to its makers
    start = Path(python).with_name("anaconda")
    program = folder / "bin" / "anaconda"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec env -u PYTHONPATH {words} {start} "$@"\n')
    program.chmod(0o755)
    person.conda.environment["PATH"] = f"{program.parent}:{person.conda.environment['PATH']}"


def has_colleagues(person: Person) -> None:
    """Bob and carol, who have accounts on the server and are in no group yet."""
    for name in ("bob", "carol"):
        person.world.add_user(name, password=PASSWORD)


def has_personal_package(person: Person) -> None:
    """A private package of alice's own."""
    package = person.world.accounts["my-org"].packages["hello-private"]
    (file,) = package.files.values()
    person.world.add_package("alice", file.path, private=True)


def has_account(person: Person) -> None:
    """An account for the owners' commands, created with the password."""
    words = ("private", "login", "--account", "--username", "alice", "--password-stdin")
    person.conda.ok(*words, stdin=f"{PASSWORD}\n")


def has_gh(person: Person) -> Path:
    """GitHub's program; returns the file into which its stand-in writes a secret."""
    kept = person.conda.folder.with_name("secret-of-the-repository")
    add_program(person, "gh", f"#!/bin/sh\ncat > {shlex.quote(str(kept))}\n")
    return kept


def has_login_of_anaconda_client(person: Person) -> str:
    """The file that `anaconda login` in a browser creates; returns its token."""
    token = person.world.add_token("alice", scopes=ACCOUNT_SCOPES, name="anaconda-client")
    folder = person.conda.home / ".config" / "binstar"
    folder.mkdir(parents=True)
    (folder / "https%3A%2F%2Fapi.anaconda.org.token").write_text(token)
    return token


def add_program(person: Person, name: str, text: str) -> None:
    """A program on the person's PATH."""
    folder = person.conda.folder / "bin"
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(text)
    program.chmod(0o755)
    person.conda.environment["PATH"] = f"{folder}:{person.conda.environment['PATH']}"


def runs_in_github(person: Person) -> None:
    """A job of GitHub Actions that may have an ID token, at a server that trusts it."""
    trusts_the_job(person)
    person.world.job_token = "a-token-for-requests"
    request = f"https://pipelines.actions.githubusercontent.com{REQUEST}?api-version=2.0"
    person.conda.environment |= {
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": request,
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": person.world.job_token,
    }


def signs_in(person: Person, url: str, *, decides: str = "") -> None:
    """An issuer that shows a code, and a user who confirms it elsewhere, or is refused."""
    person.without_keyring()
    names = ("authorization", "token", "revocation", "device_authorization")
    metadata = {"issuer": url, **{f"{each}_endpoint": f"{url}/sign-in/{each}" for each in names}}
    begun = {"device_code": "a", "user_code": "WDJB-MJHT", "interval": 0.1, "expires_in": 600}
    granted = {"access_token": person.token, "refresh_token": "b", "expires_in": 3600}
    answers = {
        "/.well-known/openid-configuration$": metadata,
        "/sign-in/device_authorization$": {**begun, "verification_uri": f"{url}/activate"},
        "/sign-in/token$": {"error": decides} if decides else granted,
        "/sign-in/revocation$": {},
    }
    for match, answer in answers.items():
        status, body = 400 if "error" in answer else 200, json.dumps(answer).encode()
        how = Fault.status(status, {"Content-Type": "application/json"}, body)
        person.server.fail(match, "conda", how=how)


def trusts_the_job(person: Person) -> None:
    """A server like prefix.dev, which trusts the job, and a machine without a keyring."""
    person.without_keyring()
    person.world.personality = PERSONALITIES["prefix"]
    person.world.trusted_jobs[person.world.job] = "alice"
    (file,) = person.world.accounts["my-org"].packages["hello-private"].files.values()
    file.labels.add("main")


def has_own_etc(person: Person) -> Path:
    """An ``/etc`` that only the commands of this person see; returns its folder."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs root on Linux")
    etc = person.conda.folder.with_name("etc")
    etc.mkdir()
    for name in ("passwd", "group", "nsswitch.conf", "hosts", "ld.so.cache"):
        shutil.copy(f"/etc/{name}", etc)
    mount = f'mount --bind {shlex.quote(str(etc))} /etc && exec "$@"'
    person.shell.before = ["unshare", "--mount", "sh", "-c", mount, "sh"]
    if subprocess.run([*person.shell.before, "true"], check=False).returncode:
        pytest.skip("needs the right to mount in a namespace")
    return etc


def has_policy(person: Person) -> None:
    """A machine whose administrator allows only other servers."""
    policy = has_own_etc(person) / "conda-private" / "policy.yml"
    policy.parent.mkdir()
    policy.write_text("allowed-servers:\n  - conda.example.org\n")


def has_team_file(person: Person) -> None:
    """The channels and the proposed login of a team."""
    logins = [{"address": "https://conda.anaconda.org/my-org", "add_channel": "none"}]
    content = {"logins": logins, "channels": ["my-org", "conda-forge"]}
    (person.conda.home / "acme.yml").write_text(json.dumps(content))


def has_proxy(person: Person) -> None:
    """A network with a proxy that conda is not configured for."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY"):
        del person.conda.environment[name]
    person.shown[person.gateway.url] = "http://proxy.example.org:3128"


def has_wheels(person: Person) -> None:
    """A token for both, private wheels, a PyPI with a package of the same name, and a pip."""
    has_token_in_a_file(person)
    world, folder = person.world, person.conda.folder
    world.tokens[person.token].scopes = ("conda:download", "pypi:download")
    world.add_package("my-org", build_wheel(folder, "hello-wheel", "1.0"), private=True)
    world.add_organization("pypi")
    for name, version in (("hello-wheel", "9.0"), ("only-public", "1.0")):
        world.add_package("pypi", build_wheel(folder, name, version))
    has_pip(person)


def has_pip(person: Person) -> None:
    """A pip with no settings, which installs into a folder of its own."""
    person.conda.environment |= {
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_TARGET": str(person.conda.folder / "site"),
        "PIP_UPGRADE": "1",
        "PATH": f"{Path(sys.executable).parent}:{person.conda.environment['PATH']}",
    }
