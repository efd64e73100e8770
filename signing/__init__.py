"""Seals: keys and certificates, rendering, PAdES sealing with timestamps, validation, QR codes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
