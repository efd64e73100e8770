"""The national records of a package: metadata (GB/T 42727), encapsulation (DA/T 48), preservation events."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
