"""What this machine uses a token for."""

from __future__ import annotations

from conda_private.composition import machine
from conda_private.model.address import ChannelUrl
from conda_private.model.records import TokenFacts


def uses(token: TokenFacts, api: ChannelUrl) -> list[str]:
    """The scopes and the account that this machine has this very token for."""

    def same(note: str, token_id: str) -> bool:
        by_name = bool(note) and note == token.note
        return token_id == token.token_id if token_id and token.token_id else by_name

    logins = (login for login in machine.logins() if login.api == str(api))
    used = [str(login.scope) for login in logins if same(login.note, login.token_id)]
    accounts = (each for each in machine.index().accounts() if each.api == api)
    return used + ["owners' commands" for each in accounts if same(each.note, each.token_id)]
