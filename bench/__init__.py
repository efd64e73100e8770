"""Measuring: how fast and how well the rooms do their work, against what others use."""
