from .ocr import run as run
from .ocr import sample_pages as sample_pages
from .soak import Soaked as Soaked
from .soak import soak as soak
