"""Opens what the user pointed at and says what kind of project it is."""
