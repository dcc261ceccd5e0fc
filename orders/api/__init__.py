"""The HTTP face of orders: ``/vmi/order`` as the documents name it, returns below ``/orders``."""
