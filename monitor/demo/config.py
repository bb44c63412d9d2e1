"""The demonstration's configuration: the same kind of file that `oido init` writes."""

from ..config.basics import guess_language


def text(base: str, language: str | None = None) -> str:
    """A config.toml that listens to the stage at `base` (http://HOST:PORT)."""
    host = base.removeprefix("http://")
    return f"""\
# Written anew by each `oido demo`. Everything that it listens to is synthetic.
language = "{language or guess_language()}"
database = "demo.db"
contact = "demo@example.invalid"
refresh = false

[[brand]]
name = "Luna Verde"
query = '"luna verde" OR #lunaverde'
handles = ["lunaverde.demo"]

[[brand]]
name = "Sol Botánica"
query = '"sol botánica"'
competitor = true

[[source]]
name = "blogs"
connector = "feed"
url = "{base}/feed.xml"
every = "3s"

[[source]]
name = "mastodon"
connector = "mastodon"
instance = "{base}"
hashtags = ["lunaverde"]
every = "3s"

[[source]]
name = "bluesky"
connector = "bluesky"
hosts = ["ws://{host}"]
appview = "{base}"

[[notifier]]
name = "terminal"
kind = "console"

[network]
allow = ["{host}"]
"""
