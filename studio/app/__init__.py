"""Starts the studio: Qt, the first frame, then everything heavy; and catches what fails."""
