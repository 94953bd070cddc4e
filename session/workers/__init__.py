"""Workers: processes that load tools once and answer calls, alone or below a pool. No Qt.

`start_worker` (`start.py`) needs neither a pool nor a project, nor anything of the shipper's.
The files of this room that own no process decide and remember: sessions, tools, heartbeats,
retries, recycling, events. They are given a clock where time counts, and never sleep unasked.
"""
