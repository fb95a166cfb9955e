"""Everything that a release publishes, from one command: ``make release``."""
