"""The workspaces of one open project; none knows another, what they share lies in widgets."""
