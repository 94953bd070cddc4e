"""The runtime behind the `Runtime` port: launcher, worker, wire, output, view, sweep."""
