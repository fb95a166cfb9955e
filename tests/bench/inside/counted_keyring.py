"""A keyring in a file that says how often it was read; the same for every plugin."""

import json
import os

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class Keyring(KeyringBackend):
    """The backend that ``PYTHON_KEYRING_BACKEND`` names; ``COUNTED_KEYRING`` is its file."""

    priority = 20

    def get_password(self, service, username):
        path = os.environ["COUNTED_KEYRING"]
        with open(path.replace(".json", ".reads"), "a") as log:
            log.write(f"{service} {username}\n")
        return self._read().get(service, {}).get(username)

    def set_password(self, service, username, password):
        items = self._read()
        if items.get(service, {}).get(username) != password:
            items.setdefault(service, {})[username] = password
            self._write(items)

    def delete_password(self, service, username):
        items = self._read()
        if items.get(service, {}).pop(username, None) is None:
            raise PasswordDeleteError("there is none")
        self._write(items)

    def _read(self):
        with open(os.environ["COUNTED_KEYRING"]) as file:
            return json.load(file)

    def _write(self, items):
        with open(os.environ["COUNTED_KEYRING"], "w") as file:
            json.dump(items, file)
