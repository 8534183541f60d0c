"""What is done once where Daihoi is set up in containers."""
