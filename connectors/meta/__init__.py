"""Meta's networks: Facebook, Instagram, Threads."""
