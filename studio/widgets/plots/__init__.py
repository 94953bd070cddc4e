"""Small live plots of what a run uses."""
