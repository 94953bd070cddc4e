"""The workers that there are: programs that are played, those in waiting, and those of pools."""
