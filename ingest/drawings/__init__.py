"""One set of drawings (一套图纸): its versions from the review to the as-built, and what a decision may rest on."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
