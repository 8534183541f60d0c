"""Whom this project is measured against, besides the floor."""
