"""Reviews, with their stars."""
