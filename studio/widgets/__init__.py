"""What workspaces share; knows tokens and plain data, no session and no project."""
