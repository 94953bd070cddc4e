"""The history workspace: earlier runs of a project, to reopen, compare, replay and delete."""
