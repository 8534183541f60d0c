"""The published language: every event class once, a module per entity; nothing but data."""
