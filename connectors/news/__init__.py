"""The press: headlines, as search engines for news find them."""
