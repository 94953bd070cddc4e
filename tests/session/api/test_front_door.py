"""The front door as any gRPC client has it: plain requests to a `playhead serve` of its own."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from session.api.grpc import playhead_pb2 as messages
from session.api.grpc.failures import TRAILER
from session.api.grpc.methods import caller, method_names
from session.api.grpc.server import LARGEST
from tests.support.served_worker import Served, serve
from tests.support.serving import script

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]
Code = grpc.StatusCode

TOOLS = """
import sys, time
import playhead

@playhead.tool
def speak(text: str, times: int = 1):
    for _ in range(times):
        print(text)
    sys.stdout.flush()

@playhead.tool
def note(text: str):
    playhead.log(text, severity="warning", rows=3)

@playhead.tool
def fail(kind: str):
    raise {"value": ValueError, "missing": FileNotFoundError, "denied": PermissionError,
           "late": TimeoutError, "todo": NotImplementedError, "key": KeyError}[kind]("so")

@playhead.tool
def sleep(seconds: float):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.01)

@playhead.tool
def ask(name: str):
    try:
        return playhead.call(name)
    except playhead.CallFailed as error:
        return str(error)
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("front-door")
    with serve(folder / "home", script(folder, TOOLS), "--threads", "2") as one:
        yield one


@pytest.fixture
def channel(served: Served) -> Iterator[grpc.Channel]:
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(served.address, options) as one:
        yield one


class Client:
    """Makes requests with the token."""

    def __init__(self, channel: grpc.Channel, token: str | None) -> None:
        self._channel = channel
        self.metadata = [] if token is None else [("authorization", f"Bearer {token}")]

    def __call__(self, method: str, request: object, timeout: float = 60) -> Any:  # noqa: ANN401 - any message
        return caller(self._channel, method)(request, timeout=timeout, metadata=self.metadata)

    def call(self, tool: str, **parameters: object) -> messages.CallRequest:
        """Return the request for a call."""
        return messages.CallRequest(
            tool=tool, parameters=messages.Value(json=json.dumps(parameters))
        )

    def refused(self, method: str, request: object) -> tuple[grpc.StatusCode, messages.Failure]:
        """Make a request that fails, and return as what."""
        with pytest.raises(grpc.RpcError) as failed:
            list(self(method, request))  # a stream fails when it is read
        error: Any = failed.value
        trailer = dict(error.trailing_metadata() or ()).get(TRAILER, b"")
        return error.code(), messages.Failure.FromString(trailer)


@pytest.fixture
def client(served: Served, channel: grpc.Channel) -> Client:
    return Client(channel, served.token)


REQUESTS = {
    "Ping": messages.PingRequest(),
    "Execute": messages.CallRequest(tool="echo"),
    "ExecuteStream": messages.CallRequest(tool="echo"),
    "Events": messages.EventsRequest(no_follow=True),
    "Telemetry": messages.TelemetryRequest(),
    "ServeHostTools": iter(()),
}


@pytest.mark.parametrize("method", REQUESTS)
@pytest.mark.parametrize("said", [None, "Bearer wrong", "Bearer ", "wrong"])
def test_nobody_comes_in_without_the_token(
    channel: grpc.Channel, method: str, said: str | None
) -> None:
    client = Client(channel, None)
    client.metadata = [] if said is None else [("authorization", said)]
    assert client.refused(method, REQUESTS[method])[0] is Code.UNAUTHENTICATED


def test_every_method_is_served(client: Client) -> None:
    """None of them is left to gRPC's own UNIMPLEMENTED."""
    ending = {
        "Events": messages.EventsRequest(no_follow=True),
        "ServeHostTools": iter(()),
    }
    for method in method_names():
        if method == "Telemetry":
            continue  # it never ends by itself; below
        request = ending.get(method)
        try:
            answer = client(method, request or _empty(method))
            if method == "Events":
                list(answer)
        except grpc.RpcError as error:
            failed: Any = error
            assert failed.code() is not Code.UNIMPLEMENTED, method


def _empty(method: str) -> object:
    service = messages.DESCRIPTOR.services_by_name["Playhead"]
    return getattr(messages, service.methods_by_name[method].input_type.name)()


def test_an_unknown_method_is_refused(served: Served, channel: grpc.Channel) -> None:
    unary: Any = channel.unary_unary
    stub = unary("/playhead.v1.Playhead/Nothing")
    with pytest.raises(grpc.RpcError) as failed:
        stub(b"", metadata=[("authorization", f"Bearer {served.token}")])
    error: Any = failed.value
    assert error.code() is Code.UNIMPLEMENTED


def test_bytes_that_are_no_message_harm_nobody(
    served: Served, client: Client, channel: grpc.Channel
) -> None:
    for kind in ("unary_unary", "unary_stream", "stream_stream"):
        stub: Any = getattr(channel, kind)("/playhead.v1.Playhead/Execute")
        request = b"\xff" * 100
        sent = iter([request]) if kind == "stream_stream" else request
        with pytest.raises(grpc.RpcError):
            list(stub(sent, metadata=client.metadata, timeout=60))
    assert client("Ping", messages.PingRequest()).seconds < 60


@pytest.mark.parametrize(
    "value",
    [
        "[1]",
        "{",
        "3",
        '{"a": ',
        '{"$bytes": [0, 9]}',
        "[" * 50_000,
        '{"x": NaN}',
        '{"x": {"$odd": 1}}',
    ],
)
def test_parameters_that_make_no_sense_are_refused(client: Client, value: str) -> None:
    request = messages.CallRequest(tool="echo", parameters=messages.Value(json=value))
    code, failure = client.refused("Execute", request)
    assert code is Code.INVALID_ARGUMENT
    assert failure.code == "invalid-parameters"
    assert client("Execute", client.call("echo", a=1)).value.json == '{"a":1}'


def test_a_message_that_is_too_large_is_refused(client: Client) -> None:
    value = messages.Value(json='{"a":{"$bytes":[0,1]}}', payload=bytes(LARGEST + 1))
    code, _failure = client.refused("Execute", messages.CallRequest(tool="echo", parameters=value))
    assert code is Code.RESOURCE_EXHAUSTED
    assert client("Ping", messages.PingRequest()).seconds < 60


def test_names_of_any_length_harm_nobody(client: Client) -> None:
    for size, code in ((10_000, Code.NOT_FOUND), (5_000_000, Code.INVALID_ARGUMENT)):
        request = client.call("x" * size)
        request.call_id = request.correlation_id = "y" * size
        found, failure = client.refused("Execute", request)
        assert found is code
        assert len(failure.message) < 1000


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("value", Code.INVALID_ARGUMENT),
        ("missing", Code.NOT_FOUND),
        ("denied", Code.PERMISSION_DENIED),
        ("late", Code.DEADLINE_EXCEEDED),
        ("todo", Code.UNIMPLEMENTED),
        ("key", Code.INTERNAL),
    ],
)
def test_what_a_tool_raises_has_a_status(client: Client, kind: str, code: grpc.StatusCode) -> None:
    found, failure = client.refused("Execute", client.call("fail", kind=kind))
    assert (found, failure.code, failure.tool) == (code, "tool-failed", "fail")
    assert failure.frames[-1].function == "fail"
    assert failure.error_id == ""


def test_calls_have_statuses_of_their_own(client: Client) -> None:
    assert client.refused("Execute", client.call("nothing"))[0] is Code.NOT_FOUND
    assert client.refused("Execute", client.call("sleep"))[0] is Code.INVALID_ARGUMENT
    request = client.call("sleep", seconds=60)
    request.timeout_ms = 200
    code, failure = client.refused("Execute", request)
    assert (code, failure.code) == (Code.DEADLINE_EXCEEDED, "call-timed-out")


@pytest.mark.parametrize(
    ("method", "code"), [("Interrupt", Code.ABORTED), ("Cancel", Code.CANCELLED)]
)
def test_a_call_is_ended_by_its_name(client: Client, method: str, code: grpc.StatusCode) -> None:
    request = client.call("sleep", seconds=60)
    request.call_id = f"mine-{method}"
    with ThreadPoolExecutor(1) as threads:
        ended = threads.submit(client.refused, "Execute", request)
        call_id = messages.CallId(call_id=request.call_id)
        until(lambda: client(method, call_id).found)
        assert ended.result(60)[0] is code
    assert not client(method, call_id).found
    assert not client(method, messages.CallId(call_id="nobody's")).found


def until(true: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def test_a_name_is_for_one_call_at_a_time(client: Client) -> None:
    request = client.call("sleep", seconds=60)
    request.call_id = "twice"
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(client.refused, "Execute", request)
        until(lambda: json.loads(client("Describe", messages.DescribeRequest()).health)["busy"])
        code, failure = client.refused("Execute", request)
        assert (code, failure.code) == (Code.INVALID_ARGUMENT, "invalid-parameters")
        assert "twice" in failure.message
        client("Cancel", messages.CallId(call_id="twice"))
        assert first.result(60)[0] is Code.CANCELLED


def test_sessions_are_made_kept_and_forgotten(client: Client) -> None:
    made = client(
        "CreateSession",
        messages.CreateSessionRequest(session_id="one", metadata={"who": "ada"}, ttl_s=600),
    )
    assert (made.session_id, dict(made.metadata), made.ttl_s) == ("one", {"who": "ada"}, 600)
    again = client("CreateSession", messages.CreateSessionRequest(session_id="one"))
    assert dict(again.metadata) == {"who": "ada"}
    assert client("CreateSession", messages.CreateSessionRequest()).session_id
    request = client.call("echo")
    request.session_id = "one"
    client("Execute", request)
    said = client("Describe", messages.DescribeRequest())
    found = client("GetSession", messages.SessionRequest(session_id="one"))
    assert found.worker_id == said.worker_id
    beat = client("Heartbeat", messages.HeartbeatRequest(session_id="one"))
    assert (beat.session_valid, beat.worker_alive) == (True, True)
    assert client("DeleteSession", messages.SessionRequest(session_id="one")).found
    assert not client("DeleteSession", messages.SessionRequest(session_id="one")).found
    beat = client("Heartbeat", messages.HeartbeatRequest(session_id="one"))
    assert (beat.session_valid, beat.worker_alive) == (False, True)
    code, failure = client.refused("GetSession", messages.SessionRequest(session_id="one"))
    assert (code, failure.code) == (Code.NOT_FOUND, "worker-session-not-found")
    large = messages.CreateSessionRequest(metadata={"x": "y" * 5000})
    assert client.refused("CreateSession", large)[0] is Code.INVALID_ARGUMENT
    odd = messages.CreateSessionRequest(session_id="x" * 300)
    assert client.refused("CreateSession", odd)[0] is Code.INVALID_ARGUMENT


def test_events_are_read_from_a_cursor_on(client: Client) -> None:
    client("Execute", client.call("speak", text="hello ö", times=3))
    client("Execute", client.call("note", text="remember"))
    seen: list[messages.Event] = []
    stream = client("Events", messages.EventsRequest())
    for batch in stream:
        seen.extend(batch.events)
        if any(event.entry.message.startswith("remember") for event in seen):
            break
    stream.cancel()
    assert [event.seq for event in seen] == list(range(1, len(seen) + 1))
    changes = [e.state_changed.after for e in seen if e.WhichOneof("kind") == "state_changed"]
    assert changes == ["connecting", "running"]
    spoken = [e.entry for e in seen if e.entry.message == "hello ö"]
    assert [(one.stream, one.severity) for one in spoken] == [("stdout", "info")] * 3
    (noted,) = [e.entry for e in seen if e.entry.message.startswith("remember")]
    assert (noted.severity, noted.path, noted.line > 0) == ("warning", "tools.py", True)
    cursor = seen[-2].seq
    rest = client("Events", messages.EventsRequest(after=cursor, no_follow=True))
    assert next(event.seq for batch in rest for event in batch.events) == cursor + 1


def test_telemetry_tells_of_calls(client: Client) -> None:
    request = client.call("fail", kind="key")
    request.correlation_id = "watched"
    wanted = messages.TelemetryRequest(allow=["call.*"], deny=["*.finished"])
    stream = client("Telemetry", wanted)
    with ThreadPoolExecutor(1) as threads:
        threads.submit(client.refused, "Execute", request)
        ours = ((e.name, json.loads(e.fields)) for e in stream)  # others were before
        watched = (one for one in ours if one[1]["correlation_id"] == "watched")
        (begun, _), (ended, fields) = itertools.islice(watched, 2)
    stream.cancel()
    assert (begun, ended) == ("call.started", "call.failed")
    assert (fields["kind"], fields["command"]) == ("tool-failed", "fail")


def test_host_tools_are_there_while_their_stream_is(client: Client) -> None:
    going = threading.Event()
    answers: list[messages.HostToolMessage] = [
        messages.HostToolMessage(register=messages.RegisterTools(names=["mine"]))
    ]
    some = threading.Condition()

    def sent() -> Iterator[messages.HostToolMessage]:
        while not going.is_set():
            with some:
                while not answers and not going.is_set():
                    some.wait(0.1)
                ready, answers[:] = list(answers), []
            yield from ready

    calls = client("ServeHostTools", sent())
    assert next(calls).id == 0
    assert "mine" in client("ListTools", messages.ListToolsRequest()).host_tools
    taken = client.refused(
        "ServeHostTools",
        iter([messages.HostToolMessage(register=messages.RegisterTools(names=["mine"]))]),
    )
    assert taken[0] is Code.INVALID_ARGUMENT
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(client, "Execute", client.call("ask", name="mine"))
        call = next(calls)
        assert (call.tool, call.parameters.json) == ("mine", "{}")
        answer = messages.HostToolAnswer(id=call.id, value=messages.Value(json="[7]"))
        with some:
            answers.append(messages.HostToolMessage(answer=answer))
            some.notify()
        assert asked.result(60).value.json == "[7]"
        asked = threads.submit(client, "Execute", client.call("ask", name="mine"))
        next(calls)
        going.set()
        calls.cancel()  # it leaves, and owes an answer
        assert "has left" in asked.result(60).value.json
    until(lambda: "mine" not in client("ListTools", messages.ListToolsRequest()).host_tools)


def test_host_tools_are_registered_first(client: Client) -> None:
    answer = messages.HostToolMessage(answer=messages.HostToolAnswer(id=1))
    assert client.refused("ServeHostTools", iter([answer]))[0] is Code.INVALID_ARGUMENT
    names = [f"tool-{number}" for number in range(300)]
    many = messages.HostToolMessage(register=messages.RegisterTools(names=names))
    assert client.refused("ServeHostTools", iter([many]))[0] is Code.INVALID_ARGUMENT
    odd = messages.HostToolMessage(register=messages.RegisterTools(names=["fine", "not fine"]))
    assert client.refused("ServeHostTools", iter([odd]))[0] is Code.INVALID_ARGUMENT
    assert list(client("ListTools", messages.ListToolsRequest()).host_tools) == []
