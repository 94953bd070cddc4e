"""How the studio looks: colours and sizes, and the one object that applies them."""
