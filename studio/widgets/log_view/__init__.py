"""The view of a log: paints the visible rows straight from the store, holds none of them."""
