"""The methods of the service, read from its description: no other stubs are needed."""

from collections.abc import Callable
from typing import Any, Final

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from session.api.grpc.playhead_pb2 import DESCRIPTOR

_SERVICE: Final = DESCRIPTOR.services_by_name["Playhead"]
_KINDS: Final = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}

#: The context of a request as gRPC makes it: of several kinds, which share no type.
Context = Any

#: Carries out one method: takes the request, or all of them, and the context.
Behaviour = Callable[[Any, Any], Any]


def method_names() -> list[str]:
    """Return the names of all methods."""
    return [method.name for method in _SERVICE.methods]


def handlers(behaviour_of: Callable[[str], Behaviour]) -> "grpc.GenericRpcHandler[Any, Any]":
    """Return what a server is given: every method, with what carries it out."""
    return grpc.method_handlers_generic_handler(
        _SERVICE.full_name,
        {method.name: _handler(method, behaviour_of(method.name)) for method in _SERVICE.methods},
    )


def _handler(method: MethodDescriptor, behaviour: Behaviour) -> Any:  # noqa: ANN401 - of many kinds
    make: Any = _KINDS[method.client_streaming, method.server_streaming]
    request, _reply = _types(method)
    return make(
        behaviour,
        request_deserializer=request.FromString,
        response_serializer=_serialize,
    )


def _serialize(message: Message) -> bytes:
    return message.SerializeToString()


def _types(method: MethodDescriptor) -> tuple[type[Message], type[Message]]:
    return GetMessageClass(method.input_type), GetMessageClass(method.output_type)


def caller(channel: grpc.Channel, name: str) -> Any:  # noqa: ANN401 - gRPC's own, of four kinds
    """Return what calls a method over a channel."""
    method = _SERVICE.methods_by_name[name]
    kind = f"{_word(method.client_streaming)}_{_word(method.server_streaming)}"
    _request, reply = _types(method)
    return getattr(channel, kind)(
        f"/{_SERVICE.full_name}/{name}",
        request_serializer=_serialize,
        response_deserializer=reply.FromString,
    )


def _word(streams: bool) -> str:
    return "stream" if streams else "unary"
