"""Workers over gRPC: the front door that serves one, and the adapter that calls one.

Needs the extra `grpc`. `endpoint`, `token` and `errors` do without it, so that what is wrong can
be said before.
"""
