"""Measuring: how fast and how well the rooms do their work, against what others use."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
