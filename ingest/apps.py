"""Registers the room with Django."""

from django.apps import AppConfig


class IngestConfig(AppConfig):
    """The room as Django sees it."""

    name = "ingest"
    verbose_name = "收件"

    def ready(self) -> None:
        """The archive learns here which codes are one project's."""
        from archive import know_projects
        from ingest.project_codes import codes_of

        know_projects(codes_of)
