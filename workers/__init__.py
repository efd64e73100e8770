"""Running: the use cases as stages and jobs; the only room that ties the others together and that starts work."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
