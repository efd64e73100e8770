"""The exchange as a part of the site."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Rows of the national exchange standard."""

    name = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "数据共享交换"
