from .difference import Difference as Difference
from .difference import Place as Place
from .difference import sheet_difference as sheet_difference
from .list_rows import ListRow as ListRow
from .list_rows import read_list as read_list
from .reading import Sheet as Sheet
from .reading import read_sheets as read_sheets
from .texts import TextChange as TextChange
