"""Pictures of a real terminal session, for the README: ``make pictures``."""
