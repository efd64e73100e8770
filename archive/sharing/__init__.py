"""Departments: who may see what of another's closed cases, under which rule, asked for how, and told what changes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
