"""Sources of credentials: the kinds of store, one row each, and one source."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from conda_private.model.exceptions import UsageError


class Kind(NamedTuple):
    """One kind of store. A new one is a module and a row in ``KINDS``.

    Attributes:
        module: the module with ``open_store(source, tell)``, which returns a ``SecretStore``.
        stored_by_us: whether we write and delete the credential; otherwise the user or another tool
            provides it, and we only read it.
        storage: its value for ``--storage``, or "".
        option: the option of ``login`` that refers to it, such as ``--from-env``, or "".
        metavar: the name of the option's value in the help; "" for an option without a value.
        help: the help of the option.
        needs_name: whether there can be several of the kind, each with a name.
        may_name: what a name is, if it is optional: ``MODULE.CLASS``; else "".
        renews: whether the credential can be another one each time it is asked for, so that the
            expiry of one of them is not the expiry of the login.
    """

    module: str
    stored_by_us: bool
    storage: str = ""
    option: str = ""
    metavar: str = "NAME"
    help: str = ""
    needs_name: bool = False
    may_name: str = ""
    renews: bool = False


# The keyrings of operating systems and desktops, by the class of their backend in `keyring`.
SYSTEM_BACKENDS = {
    "keyring.backends.SecretService.Keyring": "SecretService",
    "keyring.backends.libsecret.Keyring": "libsecret",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.kwallet.DBusKeyringKWallet4": "KWallet 4",
    "keyring.backends.macOS.Keyring": "macOS",
    "keyring.backends.Windows.WinVaultKeyring": "Windows",
}
_BACKEND = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", re.ASCII)

KINDS: dict[str, Kind] = {
    "keyring": Kind(
        "conda_private.stores.keyring",
        stored_by_us=True,
        storage="keyring",
        may_name="MODULE.CLASS",
    ),
    "file": Kind("conda_private.stores.file", stored_by_us=True, storage="file"),
    "helper-store": Kind(
        "conda_private.stores.helper",
        stored_by_us=True,
        storage="helper",
        needs_name=True,
    ),
    "env": Kind(
        "conda_private.stores.environment",
        stored_by_us=False,
        option="--from-env",
        help="store no credential; read the variable NAME each time it is needed",
        needs_name=True,
    ),
    "secret-file": Kind(
        "conda_private.stores.environment",
        stored_by_us=False,
        option="--from-file",
        metavar="FILE",
        help="store no credential; read FILE, such as /run/secrets/NAME, each time it is needed",
        needs_name=True,
    ),
    "helper": Kind(
        "conda_private.stores.helper",
        stored_by_us=False,
        option="--from-helper",
        help="store no credential; run docker-credential-NAME each time it is needed",
        needs_name=True,
    ),
    "command": Kind(
        "conda_private.stores.command",
        stored_by_us=False,
        option="--from-command",
        metavar="COMMAND",
        help="run COMMAND, such as 'op read op://team/conda/token', each time the credential is"
        " needed; it is stored only with --storage, and only until it expires",
        needs_name=True,
        renews=True,
    ),
    "oidc": Kind(
        "conda_private.stores.oidc",
        stored_by_us=False,
        option="--from-oidc",
        metavar="",
        help="in a CI job: store no credential; exchange the job's ID token for one",
        renews=True,
    ),
    "web": Kind("conda_private.signin.store", stored_by_us=False, needs_name=True, renews=True),
    "anaconda-client": Kind("conda_private.stores.anaconda_client", stored_by_us=False),
}


class Source(NamedTuple):
    """One store: its kind, and its name if there can be several of that kind.

    A source with an unknown kind is preserved: a login with it cannot be used, but all others can.

    Attributes:
        kind: a key of ``KINDS``, or ``auto``.
        name: the name of the variable, file or helper, the command, or the class of the keyring's
            backend; or "".
        kept_in: for a command, the store that has its credential until that expires, as
            ``KIND[:NAME]``; or "".
    """

    kind: str
    name: str = ""
    kept_in: str = ""

    @classmethod
    def parse(cls, text: str) -> Source:
        """Parse ``KIND`` or ``KIND:NAME``, as in the logins file and the output of ``list``."""
        kind, _, name = text.partition(":")
        return cls(kind, name)

    @classmethod
    def proposed(cls, text: str) -> Source:
        """Parse a source that a team's file proposes for a login.

        Raises:
            UsageError: there is no such source, or its name is missing or superfluous.
        """
        source = cls.parse(text)
        row = KINDS.get(source.kind)
        if row and source.name and not row.needs_name and _for_logins(row):
            raise UsageError(
                f"The source {source.kind} of a proposed login has no name.",
                cause=_NAMELESS[source.kind],
                next_step=f"write only  source: {source.kind}",
            )
        if source == AUTO or (row and bool(source.name) == row.needs_name and _for_logins(row)):
            return source
        kinds = (
            f"{kind}:{row.metavar}" if row.needs_name else kind
            for kind, row in KINDS.items()
            if _for_logins(row)
        )
        # The text is not repeated, because it may be a misplaced credential.
        raise UsageError(
            "This is not a valid source of a credential.",
            cause=f"The sources are auto, {', '.join(kinds)}.",
            next_step="conda private login --help",
        )

    @classmethod
    def storage(cls, text: str) -> Source:
        """Parse the value of ``--storage``: ``auto``, or one of ``storages()``.

        Raises:
            UsageError: there is no such storage, or its name is missing or superfluous.
        """
        word, colon, name = text.partition(":")
        found = [kind for kind, row in KINDS.items() if row.storage == word]
        if found and _is_named_well(KINDS[found[0]], colon, name):
            return cls(found[0], name)
        if text == "auto":
            return AUTO
        raise UsageError(
            "This is not a valid storage.",
            cause=f"The storages are auto, {', '.join(storages())}.",
            next_step="conda private login --help",
        )

    @property
    def is_stored_by_us(self) -> bool:
        """Whether we write and delete the credential."""
        row = KINDS.get(self.kind)
        return row.stored_by_us if row else self == AUTO

    @property
    def is_reference(self) -> bool:
        """Whether the user or another tool provides the credential, and we only read it."""
        return not self.is_stored_by_us

    @property
    def is_written_to(self) -> bool:
        """Whether a login writes its credential to a store."""
        return self.is_stored_by_us or bool(self.kept_in)

    @property
    def renews(self) -> bool:
        """Whether the credential can be another one each time it is asked for."""
        row = KINDS.get(self.kind)
        return bool(row and row.renews)

    @property
    def signs_in(self) -> bool:
        """Whether the user signed in at an issuer, which renews the credential."""
        return self.kind == "web"

    @property
    def issuer(self) -> str:
        """The issuer that renews the credential; "" for a source without one."""
        return self.name.partition(" ")[0] if self.signs_in else ""

    @property
    def place(self) -> str:
        """The store that a credential of ours is in, for people."""
        return self.kept_in or str(self)

    @property
    def option(self) -> str:
        """The option of ``login`` that refers to it, with its value."""
        row = KINDS[self.kind]
        if self.signs_in:
            issuer, _, client_id = self.name.partition(" ")
            return f"--web --issuer {shlex.quote(issuer)} --client-id {shlex.quote(client_id)}"
        if not row.needs_name:
            audience, _, mint = self.name.partition(" ")
            return f"{row.option} --audience {shlex.quote(audience)} --mint-url {mint}"
        kept = f" --storage {self.kept_in}".replace("helper-store:", "helper:")
        return f"{row.option} {shlex.quote(self.name)}{kept if self.kept_in else ''}"

    @property
    def backend(self) -> str:
        """The class of the backend that has the credential, if it is in a keyring; else ""."""
        return self.name if self.kind == "keyring" else ""

    @property
    def recorded(self) -> Source:
        """The source without its backend, which is recorded on its own."""
        return self._replace(name="") if self.backend else self

    def __str__(self) -> str:
        has_name = self.name and self.backend not in SYSTEM_BACKENDS
        return f"{self.kind}:{self.name}" if has_name else self.kind


AUTO = Source("auto")
KEYRING, FILE = Source("keyring"), Source("file")
ANACONDA_CLIENT = Source("anaconda-client")
# Why a team's file cannot name one of several.
_NAMELESS = {
    "keyring": "A backend of a keyring is a program. The user of each machine chooses it, with"
    " --storage keyring:MODULE.CLASS.",
    "file": "It is the plugin's own file. To read the credential from another file, use"
    " secret-file:FILE.",
    "oidc": "The audience decides who accepts the job's ID token. It is known for the server, or"
    " each user gives it, with --audience.",
}


def storages() -> list[str]:
    """Return the values of ``--storage``, without ``auto``."""
    found: list[str] = []
    for row in KINDS.values():
        if row.storage:
            found += [f"{row.storage}:NAME"] if row.needs_name else [row.storage]
            found += [f"{row.storage}:{row.may_name}"] if row.may_name else []
    return found


def _is_named_well(row: Kind, colon: str, name: str) -> bool:
    if row.may_name and colon:
        return _BACKEND.fullmatch(name) is not None
    return bool(name) == bool(colon) == row.needs_name


def _for_logins(row: Kind) -> bool:
    return bool(row.storage or row.option)
