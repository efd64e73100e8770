"""Rows of the national exchange standard (工程建设项目审批管理系统数据共享交换标准): made, checked, sent, answered."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
