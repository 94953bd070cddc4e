"""Workers: processes that load tools once and answer calls, alone or below a pool. No Qt.

`start_worker` (`start.py`) needs neither a pool nor a project, nor anything of the shipper's.
"""
