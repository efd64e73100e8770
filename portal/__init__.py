"""Showing: the pages, the JSON interface and the command line; calls use cases and reads, parses no document."""
