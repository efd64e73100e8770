"""Handing packages to the city's construction archive, and taking in what is handed to us, each with a receipt."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
