"""Routes of the app, assembled by ``vmi.urls``."""

from catalog.api.views import BrandViewSet, CategoryViewSet, ProductInfoViewSet, ProductViewSet

vmi_router_entries = [
    ("product", ProductViewSet, "product"),
    ("product/productInfo", ProductInfoViewSet, "productInfo"),
]
app_entries = [("categories", CategoryViewSet, "category"), ("brands", BrandViewSet, "brand")]
