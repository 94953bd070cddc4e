"""Text files as an editor needs them: read, written atomically, watched, recovered. No widget."""
