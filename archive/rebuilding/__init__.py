"""The database made again from the bucket, the journal that makes it possible, and two sites."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
