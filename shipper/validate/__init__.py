"""The validation rules, each with a stable code."""
