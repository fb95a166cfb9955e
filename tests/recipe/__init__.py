"""Build and test the recipe against stand-in packages."""
