"""Reading a catalogue of tasks from a table or a text."""
