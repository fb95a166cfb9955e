"""How an error reads: whole sentences, a cause, and a command."""

from __future__ import annotations

import re

from conda_private.model.exceptions import CondaPrivateError

# What stands in capitals in a message because it is a name.
_NAMES = {
    *("API", "CHANNEL", "EOF", "FIFO", "FILE", "GIB", "HOST", "HTML", "HTTP", "HTTP_PROXY", "ID"),
    *("HTTPS_PROXY", "JSON", "JWT", "LD_", "CONDA", "PYTHON", "SUDO", "PATH", "PROXY", "MIB", "OS"),
    *("MY_ORG_TOKEN", "NAME", "NO_PROXY", "OWNER", "PYPI", "TLS", "URL", "URLS", "UTF", "YAML"),
    *(
        "ASCII",
        "ARGUMENTS",
        "PROGRAM",
        "TOKEN",
        "ENVIRONMENT",
        "PACKAGE",
        "LABEL",
        "CA",
        "UNIX",
        "USER",
        "HOME",
        "WSL",
        *("PASSWORD", "PEM", "PORT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SOCKS", "ALL_PROXY"),
        "CONDA_CLIENT_SSL_CERT",
    ),
}
_CAPITALS = re.compile(r"(?<![\w/.~-])[A-Z_]{2,}(?![\w/.-])")


def assert_reads_well(error: CondaPrivateError, *, names: str = "") -> None:
    """Check the three parts of an error.

    Args:
        names: words in it that the test chose, such as a path.
    """
    for part in (error.what, error.cause):
        text = part
        for name in names.split("\n"):
            text = text.replace(name, "X") if name else text
        assert text.endswith("."), part
        for sentence in re.split(r"(?<=[a-z)]\.) ", text):
            # One that begins with a URL, a host or a command begins with a small letter.
            first = sentence.split()[0]
            assert sentence[0].isupper() or sentence[0] == "`" or "." in first[:-1], part
        assert_no_shouting(text)
    assert error.next_step
    assert_no_shouting(error.next_step)


def assert_no_shouting(text: str) -> None:
    """Check that only names stand in capitals."""
    assert {word for word in _CAPITALS.findall(text) if word not in _NAMES} == set(), text
