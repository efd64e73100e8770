"""The Django application of the inspections."""

from django.apps import AppConfig


class InspectionConfig(AppConfig):
    """Tables of what was inspected when, and of what persons entered."""

    name = "archive.inspection"
    label = "inspection"
    verbose_name = "四性检测"
