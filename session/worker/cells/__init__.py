"""Notebooks: a keeper that forks a kernel, and the kernel, in which cells run."""
