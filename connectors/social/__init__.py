"""Social networks of one company each, but for Meta's."""
