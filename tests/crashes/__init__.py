"""What is left on the disk when a writer is stopped, or the disk fails, at any of its calls."""
