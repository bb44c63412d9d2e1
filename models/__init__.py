"""What judges text: language, sentiment, intent. Knows neither networks nor brands."""
