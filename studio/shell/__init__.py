"""The frame around the workspaces: window, bars, palette, dialogs, welcome page."""
