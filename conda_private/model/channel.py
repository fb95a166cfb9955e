"""Channels and their labels: ``https://HOST/CHANNEL/label/LABEL``."""

from __future__ import annotations

from conda_private.model.address import Address, is_segment
from conda_private.model.exceptions import AddressError

_LABEL = "label"


def with_label(channel: Address, label: str) -> Address:
    """Return the address of a label of a channel.

    Raises:
        AddressError: the label's name is not valid, or the address already has a label.
    """
    labelled = channel.child(_LABEL, label)
    has_label = _LABEL in channel.path[:-1]
    if has_label or not channel.path or labelled.has_token or not is_segment(label):
        raise AddressError(
            "This label cannot be added to this channel.",
            cause="A label is one word of letters, digits and . _ ~ + = -, and it is added to a"
            " channel that has no label yet.",
            next_step=f"conda private login {channel_of(channel) if channel.path else 'my-org'}"
            " --label dev",
        )
    return labelled


def channel_of(address: Address) -> Address:
    """Return the channel that a label belongs to; any other address unchanged."""
    if _LABEL not in address.path[1:-1]:
        return address
    end = address.path.index(_LABEL, 1)
    return address._replace(path=address.path[:end])


def label_of(address: Address) -> str:
    """Return the label at the end of an address; "" if it has none."""
    return address.path[-1] if address != channel_of(address) else ""
