"""What is held of whom, and whether it still holds: identity, standing, offers, areas and consent."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
