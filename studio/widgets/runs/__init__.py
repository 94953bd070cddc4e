"""Runs as people meet them: in a list, on a card, with what they wrote."""
