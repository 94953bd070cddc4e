"""Prepares projects: opens, builds, validates and seals them. Knows no session and no Qt."""
