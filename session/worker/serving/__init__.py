"""The serving worker: loads a script with tools and answers calls. Standard library only.

The control thread (`server.py`) answers what must never wait; user code runs on the main thread,
or on a few threads where the worker was given some.
"""
