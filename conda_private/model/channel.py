"""Channels and their labels: ``https://HOST/CHANNEL/label/LABEL``."""

from __future__ import annotations

from conda_private.model.address import Address, is_segment
from conda_private.model.exceptions import AddressError

_LABEL = "label"


def with_label(channel: Address, label: str) -> Address:
    """Return the address of a label of a channel; a blank in the label is encoded.

    Raises:
        AddressError: the label's name is not valid, or the address already has a label.
    """
    if not channel.path or _LABEL in channel.path[:-1]:
        raise AddressError(
            "This label cannot be added to this channel.",
            cause="A label is added to a channel, not to a server or to another label.",
            next_step=f"conda private login {channel_of(channel) if channel.path else 'my-org'}"
            " --label dev",
        )
    segment = label.replace(" ", "%20")
    labelled = channel.child(_LABEL, segment)
    is_plain = label == label.strip() and is_segment(segment.replace("%20", "-"))
    if labelled.has_token or not is_plain:
        raise AddressError(
            "This label cannot have a login of its own.",
            cause="In an address, a label has letters from A to Z, digits, blanks and . _ ~ + = -."
            " With a login for its whole channel, conda also reads labels with a slash; it cannot"
            " authenticate requests for labels with %, ; or other letters.",
            next_step=f"conda private login {channel}      # for all labels of the channel",
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
    return address.path[-1].replace("%20", " ") if address != channel_of(address) else ""
