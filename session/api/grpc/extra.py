"""Whether what speaks gRPC is installed: it comes with the extra `grpc`."""

from session.api.grpc.errors import GrpcMissing


def require_extra() -> None:
    """Import it; raises GrpcMissing."""
    try:
        import google.protobuf  # noqa: F401
        import grpc  # noqa: F401
    except ImportError as error:
        raise GrpcMissing((error.name or "grpcio").partition(".")[0]) from None
