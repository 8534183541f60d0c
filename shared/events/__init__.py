"""The published language: every event once, a module per entity. Data only: no rule, no clock, no framework."""
