"""How long a package is kept: schedule, holds, disposal with two approvals, and what remains of it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
