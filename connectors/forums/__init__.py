"""Where people discuss: forums, questions, issues, comments below articles."""
