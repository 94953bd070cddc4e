"""Who comes in over TCP: whoever has the token, and nobody else, whatever is asked for."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import grpc

from session.api.grpc.methods import Context
from session.api.grpc.token import admits

if TYPE_CHECKING:
    _Interceptor = grpc.aio.ServerInterceptor[Any, Any]
else:
    _Interceptor = grpc.aio.ServerInterceptor


class Admission(_Interceptor):
    """Refuses every request without the token, before anything of it is read."""

    def __init__(self, token: str) -> None:
        self._token = token
        # One handler refuses every kind of method: it reads nothing.
        self._refusal = grpc.stream_stream_rpc_method_handler(_refuse)

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:  # noqa: ANN401 - a handler of any kind
        """Return the handler of the method, or the one that refuses."""
        for key, value in handler_call_details.invocation_metadata or ():
            if key == "authorization" and admits(self._token, value):
                return await continuation(handler_call_details)
        return self._refusal


async def _refuse(_requests: object, context: Context) -> None:
    await context.abort(grpc.StatusCode.UNAUTHENTICATED, "The token is missing or wrong.")
