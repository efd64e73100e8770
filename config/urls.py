"""Addresses: the portal's own, and Django's administration for seals, lists and users."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("portal.urls")),
]
