"""The language of all units: pure values, events, commands, deciders. Knows no clock, network or framework."""
