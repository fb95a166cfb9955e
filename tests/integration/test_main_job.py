"""The main job: log in to a private, labelled channel; install from it; log out."""

from __future__ import annotations

import subprocess

from tests.integration.runner import Conda
from tests.server import Server

DEV = ("-c", "my-org/label/dev")


def install(conda: Conda) -> str:
    """Install the private program from the label and run it."""
    result = conda.create("env", *DEV, "hello-private")
    assert result.code == 0, result.text
    program = conda.prefix("env") / "bin" / "hello-private"
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout


def test_install_from_a_private_label_is_refused_without_login(conda: Conda) -> None:
    result = conda.create("env", *DEV, "hello-private")
    assert result.code != 0
    assert "hello-private" in result.text


def test_after_login_the_private_program_is_installed_and_runs(conda: Conda, token: str) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    assert install(conda) == "hello from a private package\n"


def test_login_names_the_packages_and_the_store(conda: Conda, token: str) -> None:
    out = conda.login("my-org", "--label", "dev", token=token).out
    assert "Logged in to my-org/label/dev with the token (1 package, 1 private)" in out
    assert "Authorization: token ****" in out
    assert "secrets.json" in out
    assert "0600" in out


def test_after_login_a_plain_install_finds_the_label(conda: Conda, token: str) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    assert conda.create("env", "hello-private").code == 0


def test_logout_really_removes_the_access(conda: Conda, server: Server, token: str) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    conda.ok("private", "logout", "my-org", "--label", "dev")
    server.clear()
    assert conda.create("env", *DEV, "hello-private").code != 0
    assert server.requests
    assert all("Authorization" not in request.headers for request in server.requests)
    assert not conda.secrets_file.exists()
    found = conda.private("list", "--json").data
    assert (found["logins"], found["accounts"]) == ([], [])


def test_logout_leaves_no_file_of_ours_except_locks(conda: Conda, token: str) -> None:
    conda.login("my-org", token=token)
    conda.ok("private", "logout", "my-org")
    assert not conda.condarc.exists()
    assert not list((conda.home / ".conda").rglob("conda-private.yml"))
    assert {path.suffix for path in conda.data_folder.iterdir()} <= {".lock"}


def test_package_file_is_fetched_from_the_second_origin_without_the_credential(
    conda: Conda, server: Server, token: str
) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    server.clear()
    install(conda)
    fetched = [request for request in server.requests if request.origin == "files"]
    assert [request.status for request in fetched] == [200]
    assert all("Authorization" not in request.headers for request in fetched)


def test_every_request_to_the_channel_is_signed(conda: Conda, server: Server, token: str) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    server.clear()
    install(conda)
    asked = [request for request in server.requests if request.origin == "conda"]
    assert any(request.path.endswith(".zst") for request in asked)
    assert {request.headers["Authorization"] for request in asked} == {f"token {token}"}


def test_public_channel_of_the_same_host_is_not_signed(
    conda: Conda, server: Server, token: str
) -> None:
    conda.login("my-org", token=token)
    server.clear()
    assert conda.create("env", "--override-channels", "-c", "other", "hello-public").code == 0
    asked = [request for request in server.requests if request.path.startswith("/other/")]
    assert asked
    assert all("Authorization" not in request.headers for request in asked)
