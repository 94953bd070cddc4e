"""The `playhead` command. The only package that prints; it never imports Qt."""
