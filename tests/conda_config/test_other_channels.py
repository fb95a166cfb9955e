"""Which channel conda may take a private package from instead, by its settings and its cache."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import msgpack  # type: ignore[import-untyped]
import pytest
import zstandard
from conda.base.context import context, reset_context
from conda.gateways.repodata import cache_fn_url

from conda_private.conda_config import other_channels
from conda_private.conda_config.other_channels import OtherChannel, other_channel
from conda_private.model.address import Address

HOST = "https://conda.example.org"
ORG = Address.parse(f"{HOST}/my-org")
STRICT = "conda config --set channel_priority strict"
FIRST = "conda config --prepend channels my-org"


@pytest.fixture
def conda(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Configures conda: its channels and, if given, its channel priority."""
    rc = tmp_path / "condarc.yml"
    monkeypatch.setattr(other_channels, "user_rc_path", str(rc))
    # Otherwise, the configuration of the machine that runs the tests is read again.
    monkeypatch.setattr(other_channels, "read_again", lambda: None)

    def configure(*channels: str, priority: str = "", env: str = "") -> None:
        settings = {
            "channels": channels,
            "channel_alias": HOST,
            "default_channels": [],
            "pkgs_dirs": [str(tmp_path / "pkgs")],
            **({"channel_priority": priority} if priority else {}),
        }
        rc.write_text(json.dumps(settings))
        if env:
            monkeypatch.setenv("CONDA_CHANNEL_PRIORITY", env)
        reset_context([rc])

    (tmp_path / "pkgs" / "cache").mkdir(parents=True)
    yield configure
    monkeypatch.undo()
    reset_context()


def cache(channel: str, *names: str, shards: bool = False, subdir: str = "noarch") -> None:
    """Put an index of a channel into conda's cache."""
    stem = cache_fn_url(f"{HOST}/{channel}/{subdir}").removesuffix(".json")
    folder = Path(context.pkgs_dirs[0], "cache")
    if shards:
        content = msgpack.dumps({"info": {}, "shards": dict.fromkeys(names, b"")})
        (folder / f"{stem}.msgpack.zst").write_bytes(zstandard.compress(content))
    else:
        records = {f"{name}-1-0.conda": {"name": name} for name in names}
        (folder / f"{stem}.json").write_text(json.dumps({"packages.conda": records}))


def found(*packages: str) -> OtherChannel | None:
    """What there is for a login to ``my-org`` that gives access to these packages."""
    return other_channel(ORG, "my-org", packages)


@pytest.mark.parametrize("shards", [False, True])
@pytest.mark.parametrize("subdir", ["noarch", context.subdir])
def test_flexible_priority_is_named_if_another_channel_has_the_name(
    conda: Callable[..., None], shards: bool, subdir: str
) -> None:
    conda("my-org", "other", "third")
    cache("third", "a", "secretlib", shards=shards, subdir=subdir)
    expected = OtherChannel("flexible", "third", "secretlib", is_before=False, commands=(STRICT,))
    assert found("secretlib", "more") == expected
    assert found("secret") is None
    assert found() is None


def test_strict_priority_is_named_only_for_a_channel_that_is_listed_before(
    conda: Callable[..., None],
) -> None:
    conda("my-org", "other", priority="strict")
    cache("other", "secretlib")
    assert found("secretlib") is None
    conda("other", "my-org", priority="strict")
    assert found("secretlib") == OtherChannel(
        "strict", "other", "secretlib", is_before=True, commands=(FIRST,)
    )
    conda("other", "my-org")
    both = found("secretlib")
    assert both
    assert (both.is_before, both.commands) == (True, (FIRST, STRICT))


def test_disabled_priority_is_named_whatever_is_known_of_the_other_channels(
    conda: Callable[..., None],
) -> None:
    conda("my-org", "other", priority="disabled")
    assert found() == OtherChannel("disabled", "", "", is_before=False, commands=(STRICT,))
    cache("other", "secretlib")
    named = found("secretlib")
    assert named
    assert (named.name, named.package) == ("other", "secretlib")


@pytest.mark.parametrize("channels", [["my-org"], ["my-org/label/dev", "my-org"], []])
def test_channel_alone_needs_no_priority(conda: Callable[..., None], channels: list[str]) -> None:
    conda(*channels, priority="disabled")
    cache("my-org", "secretlib")
    cache("my-org/label/dev", "secretlib")
    assert found("secretlib") is None


def test_channel_that_is_not_listed_has_all_others_behind_it(conda: Callable[..., None]) -> None:
    conda("other")
    cache("other", "secretlib")
    named = found("secretlib")
    assert named
    assert not named.is_before


@pytest.mark.parametrize("content", [b"", b"\x28\xb5\x2f\xfd", b"{", zstandard.compress(b"x")])
@pytest.mark.parametrize("end", [".json", ".msgpack.zst"])
def test_cached_file_that_is_no_index_is_left_to_conda(
    conda: Callable[..., None], content: bytes, end: str
) -> None:
    conda("my-org", "other")
    stem = cache_fn_url(f"{HOST}/other/noarch").removesuffix(".json")
    Path(context.pkgs_dirs[0], "cache", f"{stem}{end}").write_bytes(content)
    assert found("secretlib") is None


def test_command_changes_the_setting_where_it_is_set(
    conda: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conda("my-org", "other", priority="disabled")
    monkeypatch.setattr(other_channels, "user_rc_path", str(tmp_path / "another.yml"))
    named = found()
    assert named
    file = tmp_path / "condarc.yml"
    assert named.commands == (f"conda config --file {file} --set channel_priority strict",)
    conda("my-org", "other", env="disabled")
    named = found()
    assert named
    assert named.commands == ("unset CONDA_CHANNEL_PRIORITY",)
