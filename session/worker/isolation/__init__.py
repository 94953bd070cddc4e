"""The layers between a program and the rest of the machine. Linux only; ctypes and no more.

`policy` says what a run may do, `inside` puts the layers on in their order, and each layer has a
file of its own. Nothing here decides what a project may do: that is the session's.
"""
