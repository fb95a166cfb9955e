"""Test the plugin and the mock server against a real Quetz."""
