"""Pure models of manifest, notebook and image: no I/O."""
