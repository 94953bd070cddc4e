"""Executes projects: state, log, runs, workers. Knows no widget and no Qt."""
