"""The recipe, really built and tested against packages that stand in for those of a channel."""
