"""The editor workspace: files, tabs, problems, find in files."""
