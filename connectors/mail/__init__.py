"""Mail: a mailbox, the letters in it, and what of them is a mention."""
