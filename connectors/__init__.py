"""The networks: how posts come in. Knows neither brands nor the house that keeps their mentions."""
