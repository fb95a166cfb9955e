"""Which backends of the library `keyring` count: the system's, and the one that the user named."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.compat import properties

from conda_private.model.address import Address
from conda_private.model.exceptions import KeyringUnavailableError
from conda_private.model.source import KEYRING, SYSTEM_BACKENDS, Source
from conda_private.stores import backends
from conda_private.stores.backends import NoBackendError, class_of, find, load
from conda_private.stores.keyring import open_store

ADDRESS = Address.parse("https://conda.example.org/my-org")
MINE = f"{__name__}.Mine"
said: list[str] = []


class Mine(KeyringBackend):
    """A backend of a package: the library would take it, because of its priority."""

    @properties.classproperty
    def priority(self) -> float:  # type: ignore[override]
        return 11 if "named" in said else 0.5

    # The library does not find it by searching, so no other test gets it.
    viable = False

    def get_password(self, service: str, username: str) -> str | None:
        """Have none."""
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store nothing."""


class _OfTheSystem(Mine):
    """Every system backend in these tests."""


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A user without settings, on a machine without a bus."""
    for name in ("PYTHON_KEYRING_BACKEND", "XDG_CONFIG_HOME", "XDG_CURRENT_DESKTOP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    said.clear()
    return tmp_path


def name_in_file(home: Path, name: str) -> None:
    """Name a backend in the settings of the library."""
    folder = home / ".config" / "python_keyring"
    folder.mkdir(parents=True)
    (folder / "keyringrc.cfg").write_text(f"[backend]\ndefault-keyring={name}\n")


def test_backend_that_was_only_installed_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mine, "viable", True)
    with pytest.raises(NoBackendError, match="None of these can be used here: SecretService, "):
        find(said.append)


@pytest.mark.parametrize("priority", ["", "named"])
def test_backend_that_the_user_named_counts_whatever_its_priority(
    home: Path, monkeypatch: pytest.MonkeyPatch, priority: str
) -> None:
    said.append(priority)
    name_in_file(home, MINE)
    assert class_of(find(said.append)) == MINE
    name_in_variable = "keyring.backends.null.Keyring"
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name_in_variable)
    with pytest.raises(NoBackendError, match="turn it off"):
        find(said.append)


def test_backend_of_an_activated_environment_does_not_count(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = home / "env"
    scripts = environment / "etc" / "conda" / "activate.d"
    scripts.mkdir(parents=True)
    (scripts / "a.sh").write_text(f"export PYTHON_KEYRING_BACKEND={MINE}\n")
    monkeypatch.setenv("CONDA_PREFIX", str(environment))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", MINE)
    with pytest.raises(NoBackendError):
        find(said.append)
    assert "ignored PYTHON_KEYRING_BACKEND when looking for a keyring" in said[0]
    assert str(environment) in said[0]
    name_in_file(home, MINE)
    assert class_of(find(said.append)) == MINE


def test_settings_folder_of_an_activated_environment_does_not_count(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_in_file(home, MINE)
    environment = home / "env"
    (environment / "conda-meta").mkdir(parents=True)
    state = f'{{"env_vars": {{"XDG_CONFIG_HOME": "{home}/.config"}}}}'
    (environment / "conda-meta" / "state").write_text(state)
    monkeypatch.setenv("XDG_CONFIG_HOME", f"{home}/.config")
    assert class_of(find(said.append)) == MINE
    monkeypatch.setenv("CONDA_PREFIX", str(environment))
    with pytest.raises(NoBackendError):
        find(said.append)


@pytest.mark.parametrize(
    ("platform", "desktop", "first"),
    [
        ("linux", "", "SecretService"),
        ("linux", "GNOME", "SecretService"),
        ("linux", "X:KDE", "kwallet"),
        ("freebsd14", "", "SecretService"),
        ("darwin", "", "macOS"),
        ("win32", "", "Windows"),
    ],
)
def test_system_has_its_own_keyring_and_the_desktop_says_which_is_first(
    monkeypatch: pytest.MonkeyPatch, platform: str, desktop: str, first: str
) -> None:
    for name in SYSTEM_BACKENDS:
        module, _, kind = name.rpartition(".")
        fields = {"__module__": module, "__qualname__": kind}
        one = type(kind, (_OfTheSystem,), fields)
        stand_in = sys.modules.get(module) or type(sys)(module)
        monkeypatch.setitem(sys.modules, module, stand_in)
        monkeypatch.setattr(stand_in, kind, one, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    assert class_of(find(said.append)).split(".")[2] == first
    # The library's own chain is its search, so it names nothing.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.chainer.ChainerBackend")
    assert class_of(find(said.append)).split(".")[2] == first


def test_recorded_backend_is_asked_whatever_is_named_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    store = open_store(Source("keyring", MINE), said.append)
    assert store.source == Source("keyring", MINE)
    assert store.description == f"keyring backend {MINE}"


def test_recorded_backend_beside_the_settings_of_the_library_is_found(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    (home / "place").mkdir()
    (home / "place" / "beside_settings.py").write_text(f"from {__name__} import Mine\n")
    name_in_file(home, "no_such_module.Keyring")
    file = home / ".config" / "python_keyring" / "keyringrc.cfg"
    file.write_text(f"{file.read_text()}keyring-path={home}/place\n")
    assert class_of(load("beside_settings.Mine")) == MINE


@pytest.mark.parametrize(
    ("name", "cause", "step"),
    [
        ("no_such_package.a.B", "has no module no_such_package", "--name base no-such-package"),
        ("keyrings.nothing.B", "has no module keyrings", "conda install --name base keyrings"),
        (f"{__name__}.NoSuchClass", "could not be reached (AttributeError)", "MODULE.CLASS"),
        ("os.getcwd", "could not be reached (AttributeError)", "MODULE.CLASS"),
    ],
)
def test_backend_that_cannot_be_loaded_is_unavailable_with_what_is_missing(
    name: str, cause: str, step: str
) -> None:
    with pytest.raises(KeyringUnavailableError) as caught:
        open_store(Source("keyring", name), said.append)
    assert caught.value.what == f"The keyring backend {name} cannot be used here."
    assert cause in caught.value.cause
    assert step in caught.value.next_step
    assert "--storage file" in caught.value.next_step


def test_conda_without_the_library_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "keyring.backends.SecretService.Keyring"
    # Another conda with the same home directory, into which only the plugin was installed.
    for module in [each for each in sys.modules if each.partition(".")[0] == "keyring"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setitem(sys.modules, "secretstorage", None)
    store = open_store(Source("keyring", name), said.append)
    with pytest.raises(KeyringUnavailableError) as caught:
        store.get(ADDRESS)
    assert caught.value.what == "The system keyring (SecretService) cannot be used here."
    assert f"The Python of this conda, in {sys.prefix}, has no module keyring" in caught.value.cause
    assert "conda install --name base keyring\n" in caught.value.next_step
    with pytest.raises(KeyringUnavailableError) as caught:
        open_store(KEYRING, said.append)
    assert "has no module keyring" in caught.value.cause


def test_package_of_a_namespace_has_two_words() -> None:
    error = ModuleNotFoundError(name="keyrings.google_artifactregistry_auth")
    assert backends.package_of(error) == "keyrings.google-artifactregistry-auth"
    assert backends.package_of(RuntimeError("SecretStorage required")) == "secretstorage"
    assert backends.package_of(RuntimeError("no bus")) == ""


def test_service_that_is_gone_is_told_by_its_backend() -> None:
    store = open_store(Source("keyring", "keyring.backends.SecretService.Keyring"), said.append)
    with pytest.raises(KeyringUnavailableError) as caught:
        store.get(ADDRESS)
    assert caught.value.what == "The system keyring (SecretService) cannot be used here."
    assert caught.value.cause == "It could not be reached (FileNotFoundError)."
