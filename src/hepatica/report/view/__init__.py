"""What the report shows, as plain values: read from the plan JSON by path, ready for any template."""

from hepatica.report.view.book import Book, Num
from hepatica.report.view.document import document

__all__ = ["Book", "Num", "document"]
