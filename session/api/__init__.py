"""What Playhead offers to other programs. Nothing below this room knows of it."""
