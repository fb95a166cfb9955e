"""The wiring of channels into conda's configuration files."""
