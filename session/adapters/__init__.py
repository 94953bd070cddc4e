"""The doors to other packages: each adapter speaks the session's words to one of them."""
