"""The `worker` table: of a manifest (`[tool.playhead.worker]`) and of the settings file. Pure.

It says what may be written, and holds no defaults: those are `session.workers.defaults`.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

#: A millisecond at least, a day at most.
Milliseconds = Annotated[int, Field(ge=1, le=86_400_000)]
_INCOMPLETE: Final = "listener_incomplete"
Text = Annotated[str, Field(min_length=1, max_length=4096)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Heartbeat(_Strict):
    """How a worker is asked whether it is there."""

    enabled: bool | None = None
    ping_interval_ms: Milliseconds | None = None
    timeout_ms: Milliseconds | None = None
    max_missed_heartbeats: Annotated[int, Field(ge=1, le=1000)] | None = None
    initial_delay_ms: Annotated[int, Field(ge=0, le=86_400_000)] | None = None
    dependent: bool | None = None


class GrpcListener(_Strict):
    """Where gRPC is served."""

    mode: Literal["internal", "external"] | None = None
    host: Text | None = None
    port: Annotated[int, Field(ge=0, le=65535)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> "GrpcListener":
        if self.mode == "external" and not (self.host and self.port):
            message = "must give `host` and `port` where `mode` is `external`"
            raise PydanticCustomError(_INCOMPLETE, "{reason}", {"reason": message})
        return self


class Recycling(_Strict):
    """When a worker is replaced by a fresh one."""

    ttl_ms: Milliseconds | None = None
    max_requests: Annotated[int, Field(ge=1)] | None = None
    memory_mb: Annotated[int, Field(ge=1)] | None = None
    check_interval_ms: Milliseconds | None = None


class Worker(_Strict):
    """Everything that can be set about workers."""

    python_executable: Text | None = None
    graceful_shutdown_timeout_ms: Annotated[int, Field(ge=0, le=86_400_000)] | None = None
    grpc_listener: GrpcListener | None = None
    heartbeat: Heartbeat | None = None
    recycling: Recycling | None = None
    adapter: Text | None = None
    adapter_args: list[str] | None = None
    worker_registry: Literal["file", "none"] | None = None

    def said(self) -> dict[str, Any]:
        """Return what is written, as JSON values."""
        return self.model_dump(exclude_unset=True, exclude_none=True)
