"""Replaying a retail sales file through the commands of the product.

Reads invoices and cancellations of the Online Retail format, and plays them in time order as orders, returns
and write-offs: the same services as the API, with the file's clock. Owns no tables. It stands beside the edges of
``orders`` (like its admin and API) and may import every app and ``orders.payments``; only its command imports it.

parsing → cleaning → planning → (stage, opening) → playing → summary
"""
