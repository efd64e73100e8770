"""Drawing sheets: what a file's pages say of themselves, the drawing list, and what changed between two versions."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
