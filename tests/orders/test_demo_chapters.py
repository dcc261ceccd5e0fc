"""What the loading of the demo prints."""

from orders.demo.load import CHAPTERS
from orders.management.commands.load_demo import TITLES


def test_every_chapter_has_a_title() -> None:
    assert list(TITLES) == list(CHAPTERS)
