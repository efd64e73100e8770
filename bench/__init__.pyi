from .ocr import run as run
from .ocr import sample_pages as sample_pages
