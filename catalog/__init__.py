"""What can be sold: categories, brands, products and their SKUs. Knows no stock and no store."""
