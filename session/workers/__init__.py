"""Workers: what serves calls, without a window and without a preparation.

The files of this room that own no process decide and remember: sessions, tools, heartbeats,
retries, recycling, events. They are given a clock where time counts, and never sleep unasked.
"""
