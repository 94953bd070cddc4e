"""What the user chose (`settings`), and what the studio remembers by itself (`memory`)."""
