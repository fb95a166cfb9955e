"""Options and profiles of the whole suite."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests.windows.needs_posix import reason_for

# A shell starts what it runs in the background with Ctrl-C ignored, and `nohup` with SIGHUP;
# children inherit that, and the tests that send these signals need them to be heard.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
for _name in {"SIGHUP", "SIGQUIT"} & set(dir(signal)):
    if signal.getsignal(getattr(signal, _name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, _name), signal.SIG_DFL)

# Under Wine, where the same code runs as on Linux and only the system differs.
settings.register_profile("few", deadline=None, max_examples=30)
settings.register_profile("default", deadline=None, max_examples=300)
settings.register_profile("hard", deadline=None, max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--conda",
        type=Path,
        default=Path(sys.executable).with_name("conda"),
        help="the conda that the integration tests run (default: the one beside this Python)",
    )
    parser.addoption("--solver", default="classic", help="its solver: classic or rattler")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On Windows, skip the tests that need POSIX."""
    for item in items if sys.platform == "win32" else ():
        if reason := reason_for(item.nodeid):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def _no_foreign_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    # conda lets these win over its own ssl_verify.
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
