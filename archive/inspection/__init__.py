"""四性检测 (DA/T 70): what is checked at filing, at transfer and ever after, and the reports of it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
