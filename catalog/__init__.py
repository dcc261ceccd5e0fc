"""What can be sold: categories, brands, products and their SKUs; knows no stock, no store and no price but the list price."""
