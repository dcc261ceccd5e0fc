"""Row locks of the app: the category tree is rearranged by one at a time."""

from catalog.models import Category, Product


def lock_categories() -> dict[int, Category]:
    """Lock the whole tree: two moves at once could each close half of a cycle. Trees are small and moves rare."""
    return {category.pk: category for category in Category.objects.select_for_update(no_key=True).order_by("pk")}


def lock_product(product_id: int) -> Product | None:
    """Lock one product, so that it cannot be published while its last SKU moves."""
    return Product.objects.select_for_update(no_key=True).filter(pk=product_id).first()
