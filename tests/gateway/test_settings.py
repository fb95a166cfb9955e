"""What would lead a command around the gateway is found, settled, or an error."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from conda_private.gateway.environment import Route, for_command
from conda_private.gateway.settings import index_urls, pip_files, refuse_other_proxies
from conda_private.model.exceptions import UsageError
from tests.wording import assert_reads_well

PROXY = "http://run:key@127.0.0.1:1"
ROUTE = Route(PROXY, "/bundle.pem")
PRIVATE = Route(PROXY, "/bundle.pem", ["https://p/1/simple", "https://p/2/simple"])
URL = "https://index.example.org/simple"


def environment(tmp_path: Path, **others: str) -> dict[str, str]:
    """Return variables with an empty home."""
    return {"HOME": str(tmp_path), "PATH": os.environ["PATH"], **others}


@pytest.mark.parametrize(
    "words",
    [
        *(("pip", "install", "-i", URL, "x"), ("pip", "install", f"--index-url={URL}", "x")),
        *(("sh", "-c", f"pip install --extra-index-url '{URL}' x"), ("uv", "add", "-f", URL)),
        *(("uv", "--default-index", URL), ("uv", "--index", f"name={URL}"), ("x", f"-i{URL}")),
    ],
)
def test_index_in_the_words_of_a_command_is_found(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert index_urls(words, environment(tmp_path), tmp_path) == [URL]


def test_address_that_is_no_index_is_not_taken_for_one(tmp_path: Path) -> None:
    words = ("curl", "-o-i", "--url", URL, "--re-index-url", URL, "git+https://a/b")
    assert index_urls(words, environment(tmp_path), tmp_path) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", f"x\n--extra-index-url {URL}\n"),
        ("requirements.txt", "-r more/others.txt\n"),
        ("environment.yml", f"dependencies:\n  - pip:\n    - --index-url {URL}\n"),
        ("pyproject.toml", f'[[tool.uv.index]]\nname = "a"\nurl = "{URL}"\n[other]\nurl = "https://no"'),
        ("pyproject.toml", f'[[tool.poetry.source]]\nname = "a"\nurl = "{URL}"\n'),
        ("pyproject.toml", f"[tool.uv]\nextra-index-url = [\n  '{URL}',\n]\n"),
        ("pyproject.toml", f'[[tool.pdm.source]]\nurl = "{URL}"\n'),
        ("uv.toml", f'[[index]]\nurl = "{URL}"\n'),
        ("Pipfile", f'[[source]]\nurl = "{URL}"\n'),
        (".config/uv/uv.toml", f'index-url = "{URL}"\n'),
    ],
)  # fmt: skip
def test_index_in_a_file_is_found(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "others.txt").write_text(f"-c ../requirements.txt\n-i {URL}\n")
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    below = tmp_path / "below"
    below.mkdir()
    words = ("pip", "install", "-r", str(tmp_path / "requirements.txt"))
    assert index_urls(words, environment(tmp_path), below) == [URL]


def test_settings_file_that_a_variable_names_is_read(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(f'[[index]]\nurl = "{URL}"\n')
    variables = environment(tmp_path, UV_CONFIG_FILE="own.toml")
    assert index_urls(("uv", "sync"), variables, tmp_path) == [URL]
    assert index_urls(("uv", "missing.txt"), environment(tmp_path), tmp_path) == []


@pytest.mark.parametrize("key", ["http.https://a.example/b.proxy", "remote.origin.proxy"])
def test_special_proxy_of_git_is_refused(tmp_path: Path, key: str) -> None:
    variables = environment(tmp_path, GIT_CONFIG_NOSYSTEM="1")
    refuse_other_proxies(("git", "fetch"), variables, can_settle_pip=True)
    subprocess.run(
        ["git", "config", "--global", "http.proxy", "http://a"], env=variables, check=True
    )
    refuse_other_proxies(("git", "fetch"), variables, can_settle_pip=True)
    subprocess.run(["git", "config", "--global", key, "http://a"], env=variables, check=True)
    with pytest.raises(UsageError) as caught:
        refuse_other_proxies(("git", "fetch"), variables, can_settle_pip=True)
    assert key in caught.value.what
    assert_reads_well(caught.value, names=key)


def test_proxy_of_pip_is_refused_only_where_it_cannot_be_settled(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nproxy = http://a\n")
    variables = environment(tmp_path, PIP_CONFIG_FILE=str(file))
    refuse_other_proxies(("pip",), variables, can_settle_pip=True)
    with pytest.raises(UsageError, match="proxy in"):
        refuse_other_proxies(("pip",), variables, can_settle_pip=False)
    file.write_text("[global]\n# proxy = http://a\n")
    refuse_other_proxies(("pip",), variables, can_settle_pip=False)
    for words in (("pip", "--proxy", "x"), ("sh", "-c", "pip --proxy=x install y")):
        with pytest.raises(UsageError, match="option --proxy"):
            refuse_other_proxies(words, variables, can_settle_pip=True)
    refuse_other_proxies(("git", "--proxying", "a--proxy"), {}, can_settle_pip=True)


def test_files_of_pip_are_those_of_the_user_and_the_environment(tmp_path: Path) -> None:
    names = (".config/pip/pip.conf", ".pip/pip.conf", "venv/pip.conf", "own.conf")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    variables = environment(
        tmp_path, VIRTUAL_ENV=str(tmp_path / "venv"), PIP_CONFIG_FILE=str(tmp_path / "own.conf")
    )
    assert {tmp_path / name for name in names} <= set(pip_files(variables))


def test_every_request_of_the_command_is_led_to_the_gateway() -> None:
    theirs = {"NO_PROXY": "a", "no_proxy": "*", "HTTPS_PROXY": "http://corp", "PATH": "/bin"}
    theirs |= {"SSL_CERT_FILE": "/corp.pem", "AWS_CA_BUNDLE": "/corp.pem"}
    variables = for_command(theirs, ROUTE)
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "PIP_PROXY"):
        assert variables[name] == PROXY
    assert not {"NO_PROXY", "no_proxy", "PIP_INDEX_URL", "UV_INDEX", "DENO_CERT"} & set(variables)
    assert variables["SSL_CERT_FILE"] == variables["AWS_CA_BUNDLE"] == "/bundle.pem"
    assert variables["PATH"] == "/bin"
    assert "PIP_PROXY" not in for_command(theirs, Route(PROXY, "/b", is_checked=False))


@pytest.mark.parametrize(("count", "number"), [(None, 0), ("2", 2), ("x", 0)])
def test_setting_of_git_is_added_to_those_of_the_user(count: str | None, number: int) -> None:
    theirs = {"GIT_CONFIG_COUNT": count, "GIT_CONFIG_KEY_0": "a.b"} if count else {}
    variables = for_command(theirs, ROUTE)
    assert variables["GIT_CONFIG_COUNT"] == str(number + 1)
    assert variables[f"GIT_CONFIG_KEY_{number}"] == "http.proxy"
    assert variables[f"GIT_CONFIG_VALUE_{number}"] == PROXY


def test_indexes_of_the_user_are_replaced_by_the_private_ones() -> None:
    theirs = {"PIP_EXTRA_INDEX_URL": URL, "UV_INDEX_URL": URL, "UV_FIND_LINKS": URL}
    theirs |= {"PIP_FIND_LINKS": f"/wheels {URL}"}
    variables = for_command(theirs, PRIVATE)
    assert variables["PIP_INDEX_URL"] == "https://p/1/simple/"
    assert variables["PIP_EXTRA_INDEX_URL"] == "https://p/2/simple/"
    assert variables["PIP_FIND_LINKS"] == "/wheels"
    assert variables["UV_INDEX"] == "https://p/1/simple/ https://p/2/simple/"
    assert variables["UV_DEFAULT_INDEX"] == "https://p/2/simple/"
    assert not {"UV_INDEX_URL", "UV_FIND_LINKS"} & set(variables)
    assert "UV_FIND_LINKS" in for_command({"UV_FIND_LINKS": "/wheels"}, PRIVATE)


def test_public_index_comes_last() -> None:
    route = Route(PROXY, "/b", ["https://p/1/simple"], ["https://pypi.org/simple"])
    variables = for_command({}, route)
    assert variables["PIP_EXTRA_INDEX_URL"] == "https://pypi.org/simple/"
    assert variables["UV_INDEX"] == "https://p/1/simple/"
    assert variables["UV_DEFAULT_INDEX"] == "https://pypi.org/simple/"
    alone = for_command({}, Route(PROXY, "/b", ["https://p/1/simple"]))
    assert alone["PIP_EXTRA_INDEX_URL"] == alone["PIP_FIND_LINKS"] == " "
