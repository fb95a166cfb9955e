"""Where secrets live: one module for each kind of place. They do not know each other."""
