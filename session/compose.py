"""The wiring: the real parts, put together once."""

import os

from session.adapters.shipper import ShipperPreparer
from session.execution_session import Parts
from session.history import RunHistory
from session.home import Home
from session.runtime.leftovers import ProcessLeftovers
from session.runtime.process_runtime import ProcessRuntime
from session.runtime.spare_rows import SpareRows
from session.service import SessionService
from session.settings import SessionSettings
from session.workers.run_heartbeat import RunHeartbeats


def build_service(home: Home, settings: SessionSettings | None = None) -> SessionService:
    """Return a service that prepares with the shipper and plays in worker processes."""
    settings = settings or SessionSettings()
    runtime = ProcessRuntime(settings, watch=RunHeartbeats(home, unattended=settings.unattended))
    service = SessionService(
        Parts(
            preparer=ShipperPreparer(home),
            runtime=runtime,
            history=RunHistory(home, settings.history_runs),
            leftovers=ProcessLeftovers(),
            home=home,
            settings=settings,
            environ=dict(os.environ),
        )
    )
    service.show_workers(SpareRows(runtime))
    return service
