"""A brand's own pages: which are read, politely, and what becomes of them. The site is real, on loopback."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from connectors.pages.robots import read
from connectors.pages.site import Way, markup, ways, words
from connectors.wire.http import Client
from connectors.wire.session import Patience
from monitor.profiles import OLD, PACE, Leaf, article, leaves, portrait, stale
from tests.builders import NOW, brand
from tests.connectors.conftest import Hourglass, Site, opened
from tests.fakes_http import Answer

MENU = '<p><a href="/bolsos">Bolsos</a> <a href="/quienes-somos">Quiénes somos</a> <a href="/cesta">Cesta</a></p>'
HOME = f"""<html><head><title>Luna</title><meta name="description" content="Bolsos cosidos a mano"></head><body>
{MENU}<p>Cada bolso sale de nuestro taller de Ubrique.</p></body></html>"""
ABOUT = f"<html>{MENU}<p>Luna empezó en 1984 con dos agujas.</p></html>"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        site.put("/", HOME)
        site.put("/quienes-somos", ABOUT)
        yield site


@pytest.fixture
def glass() -> Hourglass:
    return Hourglass()


@pytest.fixture
async def client(glass: Hourglass) -> AsyncIterator[Client]:
    async with opened(glass, patience=Patience(total=10.0)) as client:
        yield client


async def tour(client: Client, site: Site, **fields: Any) -> list[Leaf]:
    return [leaf async for leaf in leaves(brand("Luna", site=site.url("/"), **fields), client, "es")]


def asked(site: Site) -> list[str]:
    return [path for path in site.paths if path != "/robots.txt"]


# Which pages


async def test_the_pages_on_which_a_brand_tells_of_itself_come_first(client: Client, site: Site) -> None:
    home, about, bags = await tour(client, site)
    assert asked(site) == ["/", "/quienes-somos", "/bolsos"]
    assert "Bolsos cosidos a mano" in home.text
    assert "taller de Ubrique" in home.text
    assert "empezó en 1984" in about.text
    assert "404" in bags.problem


async def test_what_stood_on_an_earlier_page_is_not_read_again(client: Client, site: Site) -> None:
    _, about, _ = await tour(client, site)
    assert about.text == "Luna empezó en 1984 con dos agujas."


async def test_no_more_pages_are_read_than_a_person_waits_for(client: Client, site: Site) -> None:
    site.put("/", "<html>" + "".join(f'<a href="/p{number}">Productos</a>' for number in range(30)))
    assert len(await tour(client, site)) == 8


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/about",
        "/cart",
        "/about.pdf",
        "/cuenta/login",
        "#about",
        "mailto:luna@luna.example",
        "",
    ],
)
async def test_a_link_that_tells_nothing_of_the_brand_is_not_followed(client: Client, site: Site, link: str) -> None:
    site.put("/", f'<html><p>Luna</p><a href="{link}">Sobre nosotros</a>')
    assert len(await tour(client, site)) == 1


async def test_a_page_that_leads_to_another_site_is_left_out(client: Client, site: Site) -> None:
    elsewhere = site.url("/").replace("127.0.0.1", "localhost")
    async with opened(Hourglass(), allow=("127.0.0.1", "localhost")) as client:
        site.put("/quienes-somos", (302, {"Location": f"{elsewhere}bolsos"}))
        site.put("/bolsos", "<html>Otra casa")
        _, about, *_ = await tour(client, site)
    assert "leads to another site" in about.problem


async def test_a_home_that_moved_is_read_where_it_is_now(site: Site) -> None:
    elsewhere = site.url("/").replace("127.0.0.1", "localhost")
    site.put("/", (301, {"Location": f"{elsewhere}hogar"}))
    site.put("/hogar", HOME)
    async with opened(Hourglass(), allow=("127.0.0.1", "localhost")) as client:
        home, about, *_ = await tour(client, site)
    assert (home.url, about.url) == (f"{elsewhere}hogar", f"{elsewhere}quienes-somos")
    assert site.paths.count("/robots.txt") == 2


# Politely


async def test_what_robots_txt_forbids_is_not_asked_for(client: Client, site: Site) -> None:
    site.put("/robots.txt", b"User-agent: *\nDisallow: /quienes-somos\n")
    await tour(client, site)
    assert asked(site) == ["/", "/bolsos"]


async def test_a_site_that_wants_no_programs_is_not_read(client: Client, site: Site) -> None:
    site.put("/robots.txt", b"User-agent: oido\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    (home,) = await tour(client, site)
    assert "robots.txt asks programs to stay away" in home.problem
    assert asked(site) == []


async def test_while_nobody_knows_the_rules_nothing_is_read(client: Client, site: Site) -> None:
    site.put("/robots.txt", 503)
    (home,) = await tour(client, site)
    assert "503" in home.problem
    assert asked(site) == []


@pytest.mark.parametrize(
    ("rule", "pages", "naps"), [("", 3, PACE), ("Crawl-delay: 30", 3, 30), ("Crawl-delay: 300", 1, PACE)]
)
async def test_a_site_is_left_the_rest_that_it_asks_for(
    client: Client, site: Site, glass: Hourglass, rule: str, pages: int, naps: float
) -> None:
    site.put("/robots.txt", f"User-agent: *\n{rule}\n".encode())
    assert len(await tour(client, site)) == pages
    assert max(glass.naps) == naps


# What cannot be read


async def test_a_site_that_hangs_is_given_up(site: Site) -> None:
    async def hang(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    site.put("/quienes-somos", hang)
    async with opened(Hourglass(), patience=Patience(total=1.0)) as client:
        home, about = await tour(client, site)
    assert (home.problem, "no answer in time" in about.problem) == ("", True)


async def test_what_is_no_page_is_told(client: Client, site: Site) -> None:
    site.put("/quienes-somos", (200, {"Content-Type": "application/pdf"}, b"%PDF"))
    _, about, *_ = await tour(client, site)
    assert "not a page but application/pdf" in about.problem


async def test_a_page_without_end_is_not_read_to_its_end(site: Site) -> None:
    site.put("/quienes-somos", (200, {"Content-Type": "text/html"}, b"<p>moda " * 100_000))
    async with opened(Hourglass(), cap=200_000) as client:
        home, about, *_ = await tour(client, site)
    assert home.text
    assert about.problem


async def test_a_huge_page_is_read_in_part(client: Client, site: Site) -> None:
    site.put("/", (200, {"Content-Type": "text/html"}, b"<p>moda y <a href=x>" * 400_000))
    home, *_ = await tour(client, site)
    assert 10_000 < len(home.text) <= 20_000


async def test_a_site_on_our_own_network_is_not_asked(site: Site) -> None:
    async with opened(Hourglass(), allow=()) as client:
        (home,) = await tour(client, site)
    assert "not an address on the public internet" in home.problem


# Wikipedia


@pytest.mark.parametrize(
    ("title", "address"),
    [
        ("es:Mango (empresa)", "https://es.wikipedia.org/api/rest_v1/page/html/Mango_%28empresa%29"),
        ("Zara", "https://en.wikipedia.org/api/rest_v1/page/html/Zara"),
        ("AC/DC", "https://en.wikipedia.org/api/rest_v1/page/html/AC%2FDC"),
        ("evil.example/x:Zara", "https://en.wikipedia.org/api/rest_v1/page/html/evil.example%2Fx%3AZara"),
    ],
)
def test_an_article_is_asked_for_in_its_language(title: str, address: str) -> None:
    assert article(title, "en") == address


async def test_an_article_is_read_without_its_notes(client: Client, site: Site) -> None:
    site.put("/es/Luna_(marca)", "<html><p>Luna es una marca[1] de bolsos.[cita requerida]</p></html>")
    luna = brand("Luna", wiki=("es:Luna (marca)", "es:Nada"))
    wikipedia = site.url("/{language}/{title}")
    found, missing = [leaf async for leaf in leaves(luna, client, "en", wikipedia=wikipedia)]
    assert found.text == "Luna es una marca de bolsos."
    assert "404" in missing.problem


# Pages as text


def test_links_are_ranked_by_what_they_are_shown_as() -> None:
    page = '<a href="/a/b/c/d">x</a><a class=y href="/p/77">Our story</a><a href="/shop">Shop</a><a href="/x">Mujer</a>'
    found = ways(page, "https://luna.example/")
    assert [way.url for way in found] == [f"https://luna.example/{path}" for path in ("p/77", "shop", "x")]
    assert found[0] == Way(url="https://luna.example/p/77", label="Our story")


def test_a_page_that_a_program_draws_still_describes_itself() -> None:
    page = '<html><meta property="og:description" content="Bolsos &amp; cinturones"><div id=root></div></html>'
    assert words(page) == "Bolsos & cinturones"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html; charset=iso-8859-1", "camión".encode("latin-1")),
        ("text/html", b'<meta charset="windows-1252">' + "camión".encode("cp1252")),
        ("text/html; charset=iso-8859-1", "camión".encode()),
        ("text/html; charset=nonsense", "camión".encode()),
    ],
    ids=["by its header", "by itself", "UTF-8 whatever it says", "no such encoding"],
)
def test_a_page_is_read_in_its_encoding(kind: str, body: bytes) -> None:
    answer = Answer(url="https://luna.example/", status=200, headers={"content-type": kind}, body=body)
    assert markup(answer).endswith("camión")


def test_a_robots_txt_that_is_none_forbids_nothing() -> None:
    assert read("<html><body>Not found</body></html>").allow("https://luna.example/about")


@pytest.mark.parametrize(
    "line",
    [
        "Disallow: //[x",
        "Crawl-delay: ²",
        f"Crawl-delay: {'9' * 400}",
        f"Crawl-delay: {'9' * 5_000}",
        "Request-rate: ²/3",
    ],
    ids=["no address", "no number", "no float", "too long a number", "no rate"],
)
def test_a_line_that_cannot_be_read_is_passed_over(line: str) -> None:
    found = read(f"User-agent: *\n{line}\nDisallow: /private\n")
    paths = ("about", "private")
    assert ([found.allow(f"https://luna.example/{path}") for path in paths], found.delay) == ([True, False], 0)


def test_an_address_that_is_none_is_not_asked_for() -> None:
    assert not read("User-agent: *\nDisallow: /private\n").allow("https://%5B@luna.example/about")


# The profile


def test_a_portrait_knows_the_other_brands_and_the_host() -> None:
    luna = brand("Luna", site="www.luna.example/es", handles=("@luna",))
    made = portrait(
        luna, [luna, brand("Sol")], [Leaf(url="x", text="bolsos y más bolsos"), Leaf(url="y", problem="404")]
    )
    assert (made.host, made.rivals, made.handles) == ("luna.example", ("Sol",), ("luna",))
    assert made.words["bolsos"] == 2


class Shelf:
    """Profiles built so long ago."""

    def __init__(self, **ages: timedelta) -> None:
        self._ages = ages

    def profile(self, brand: str) -> tuple[str, datetime] | None:
        return ("", NOW - self._ages[brand]) if brand in self._ages else None


def test_a_profile_is_stale_when_it_is_missing_or_old_and_there_is_something_to_read() -> None:
    brands = [
        brand("New", site="https://new.example"),
        brand("Old", wiki=("es:Old",)),
        brand("Fresh", site="https://fresh.example"),
        brand("Nowhere"),
    ]
    shelf = Shelf(Old=OLD + timedelta(hours=1), Fresh=OLD - timedelta(hours=1))
    assert [each.name for each in stale(brands, shelf, NOW)] == ["New", "Old"]
