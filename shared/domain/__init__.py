"""The language of all units: pure values, commands, deciders. Knows no clock, network or framework."""
