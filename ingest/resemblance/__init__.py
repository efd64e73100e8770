"""Whether a document came before: cheap fingerprints nominate, compared key fields and texts decide, and doubt asks."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
