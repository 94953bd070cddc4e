"""The build steps: scan, dependencies, compile, assets."""
