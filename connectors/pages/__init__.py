"""Pages of the web: what source an address is, and what a brand's own site tells."""
