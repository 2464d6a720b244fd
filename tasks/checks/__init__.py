"""The verdict on core rows and marts: what is clean, what is quarantined and why, and whether to publish."""
