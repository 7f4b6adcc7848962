"""Trackers of experiments that results are logged to; each is an extra, imported only where it is used."""
