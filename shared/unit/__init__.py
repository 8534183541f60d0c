"""What every unit service is made of: commands in, policies, health, and the face over NATS."""
