"""Receiving: uploads are inspected and paged in a sandbox, sorted into cases, and checked for completeness."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
