"""A real Quetz, which nobody here wrote, judges the product and the mock."""
