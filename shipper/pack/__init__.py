"""Seals a checked project into an immutable image."""
