"""The HTTP side of the app: serializers, filters, views, routes."""
