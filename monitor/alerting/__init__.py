"""From a mention that needs a person to a message that reached one."""
