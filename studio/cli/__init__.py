"""The `playhead` command. Never imports Qt."""
