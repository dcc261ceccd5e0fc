"""The HTTP edge every app shares: strict input, one error object, tokens bound to the namespace, keyset pages.

Apps write serializers, filtersets and viewsets on top of these bases and list their routes in
``<app>/api/urls.py``; nothing here knows a business app.
"""
