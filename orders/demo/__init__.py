"""The demo namespace: a small Chinese trade, told through the same commands the API calls.

``manage.py load_demo`` runs it chapter by chapter; each is one transaction, so that a killed run continues where
it stopped and a second one changes nothing. What the chapters say lies in the ``*_data`` modules and in ``deals``.
"""
