"""The language of all units: pure values, events, commands and deciders. Knows no clock, no network, no framework."""
