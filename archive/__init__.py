"""Keeping: object stores, packages, the log of proof, checks, export and offline verification."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
