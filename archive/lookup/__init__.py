"""Finding what is archived, and handing out copies: each look with its purpose, masked and marked."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
