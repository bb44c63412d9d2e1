"""Tables: exports of networks that let no monitor in."""
