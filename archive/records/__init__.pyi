from .archive_number import ArchiveNumber as ArchiveNumber
from .archive_number import BadArchiveNumber as BadArchiveNumber
from .archive_number import check_archive_number as check_archive_number
from .archive_number import format_archive_number as format_archive_number
from .archive_number import parse_archive_number as parse_archive_number
