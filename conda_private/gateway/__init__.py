"""A private package index on this machine's loopback, signed for while a command runs.

The command sees an address that nobody can guess and that is gone with it; the secret stays here.
"""
