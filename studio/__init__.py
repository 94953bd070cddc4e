"""The front ends of Playhead. The only folder that may import Qt."""
