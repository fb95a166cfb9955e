"""The API of anaconda.org and of servers that speak like it, one module for each concern."""
