"""A conda plugin for people who install from private channels."""
