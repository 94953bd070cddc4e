"""The merged log of a run: append-only, one sequence over all sources, crash-safe."""
