"""The program: what people start, and what they see."""
