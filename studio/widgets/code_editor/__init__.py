"""The code editor: a plain text edit with gutter, lazy highlighting and editing aids."""
