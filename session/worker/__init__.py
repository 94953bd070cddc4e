"""Code that runs in other processes: launcher and worker. Standard library only.

These files are started by path, never imported under this package's name by a child:
a user's project may well contain its own `session.py`. The session side imports `wire`
and `launch_protocol` from here, so that both ends share one definition.
"""
