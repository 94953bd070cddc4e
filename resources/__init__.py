"""Data only: templates, examples, icons, themes, help pages."""
