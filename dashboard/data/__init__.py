"""Data: recipes, datasets, imports, and synthetic images beside real ones."""
