"""The content-addressed cache: blobs, images, results of steps, and one memo a project.

Several processes share it: everything is written under another name and renamed.
"""
