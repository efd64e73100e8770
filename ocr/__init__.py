"""Reading: a page image in; text lines with boxes, orientation, seals, quality, material type and fields out.

The door is lazy, so that importing it loads neither OpenCV nor PaddleOCR.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
