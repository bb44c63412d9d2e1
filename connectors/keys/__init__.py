"""What lets us in: tokens that end and are fetched anew, requests and tokens that are signed."""
