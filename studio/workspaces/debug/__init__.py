"""The debug workspace: log, input, exit card and plots of a run, from its session by cursor."""
