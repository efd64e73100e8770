"""The pages of an OFD document and what they draw with: templates, annotations, fonts, pictures, colours (7 to 9, 14).

Nothing is drawn here. Lists are bounded, because the file is a stranger's.
"""

import dataclasses
import posixpath
from xml.etree.ElementTree import Element

from ingest.ofd import values
from ingest.refusals import Refusal
from signing import OfdContainer, OfdError

A4: values.Box = (0.0, 0.0, 210.0, 297.0)
"""Where neither page nor document gives a size, readers show A4."""

LARGEST_SIDE_MM = 20_000
"""The longest drawing rolls have 5 m; beyond this a page is a slip or an attack."""

_MAX_RESOURCE_FILES = 100
_LAYER_ORDER = {"Background": 0, "Body": 1, "Foreground": 2}


@dataclasses.dataclass(frozen=True, slots=True)
class Resource:
    """A font, picture, colour space, drawing parameter or composite unit, with the folder its files lie in."""

    element: Element
    folder: str


@dataclasses.dataclass(frozen=True, slots=True)
class PageEntry:
    """A page of the list: identifier, its file's place, and the document body it belongs to."""

    id: str
    file: str
    body: "Body"


@dataclasses.dataclass(slots=True)
class Body:
    """One document (DocBody) of the package: its folder, its own resources, templates and default page size."""

    folder: str
    box: values.Box
    resources: dict[str, Resource]
    templates: dict[str, str]
    annotations: dict[str, list[str]]


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """A page ready to be drawn: its box in millimetres, its layers from the bottom up, its annotations, resources."""

    box: values.Box
    layers: list[Element]
    annotations: list[Element]
    resources: dict[str, Resource]


class OfdDocument:
    """An OFD package seen as a list of pages."""

    def __init__(self, container: OfdContainer, *, max_pages: int) -> None:
        """Read the lists; no page is read yet.

        Raises:
            OfdError: the package or its lists are broken.
            Refusal: `ofd-no-pages`, `too-many-pages`.
        """
        self.container = container
        self.pages: list[PageEntry] = []
        for body in container.xml("OFD.xml").iter("DocBody"):
            root = container.find((body.findtext("DocRoot") or "").strip())
            if root is None:
                raise OfdError("broken", "OFD.xml 指向的文档不存在")
            self._add_body(root, max_pages)
        if not self.pages:
            raise Refusal("ofd-no-pages")

    def _add_body(self, root: str, max_pages: int) -> None:
        document, folder = self.container.xml(root), posixpath.dirname(root)
        common = document.find("CommonData")
        common = Element("CommonData") if common is None else common
        body = Body(folder, _box_of(common.find("PageArea")) or A4, {}, {}, {})
        for location in [*common.iter("PublicRes"), *common.iter("DocumentRes")][:_MAX_RESOURCE_FILES]:
            self._add_resources(self.container.find(location.text, folder), body.resources)
        for template in common.iter("TemplatePage"):
            file = self.container.find(template.get("BaseLoc"), folder)
            if file:
                body.templates[template.get("ID", "")] = file
        self._add_annotations(document, body)
        pages = document.find("Pages")
        for page in [] if pages is None else pages.iter("Page"):
            file = self.container.find(page.get("BaseLoc"), folder)
            # A page of the list without a file still counts: it is refused by its number when it is drawn.
            self.pages.append(PageEntry(page.get("ID", ""), file or "", body))
            if len(self.pages) > max_pages:
                raise Refusal("too-many-pages", pages=f"{max_pages}+", limit=max_pages)

    def _add_resources(self, file: str | None, known: dict[str, Resource]) -> None:
        if file is None:
            return
        root = self.container.xml(file)
        folder = posixpath.dirname(file)
        base = posixpath.normpath(posixpath.join(folder, (root.get("BaseLoc") or "").strip().lstrip("/")))
        for group in root:
            for element in group:
                if identifier := element.get("ID"):
                    known[identifier] = Resource(element, base)

    def _add_annotations(self, document: Element, body: Body) -> None:
        """The annotation files of each page (15.1); a broken list costs the annotations, not the pages."""
        file = self.container.find(document.findtext("Annotations"), body.folder)
        if file is None:
            return
        folder = posixpath.dirname(file)
        for page in self.container.xml(file).iter("Page"):
            found = self.container.find(page.findtext("FileLoc"), folder, body.folder)
            if found:
                body.annotations.setdefault(page.get("PageID", ""), []).append(found)

    def sheet(self, number: int) -> Sheet:
        """Page `number`, from 1, with its templates below and above it.

        Raises:
            OfdError: a file of the page is broken.
            Refusal: `page-broken`: the page has no file, or no possible size.
        """
        entry = self.pages[number - 1]
        if not entry.file:
            raise Refusal("page-broken")
        page, body = self.container.xml(entry.file), entry.body
        resources = dict(body.resources)
        for location in list(page.iter("PageRes"))[:_MAX_RESOURCE_FILES]:
            file = self.container.find(location.text, posixpath.dirname(entry.file), body.folder)
            self._add_resources(file, resources)
        below: list[Element] = []
        above: list[Element] = []
        for used in page.iter("Template"):
            file = body.templates.get(used.get("TemplateID", ""))
            if file:
                # A template that names further templates (9.2 knows none) is drawn without them: no rings.
                (above if used.get("ZOrder") == "Foreground" else below).extend(_layers(self.container.xml(file)))
        box = _box_of(page.find("Area")) or body.box
        if max(box[2], box[3]) > LARGEST_SIDE_MM:
            raise Refusal("page-broken")
        annotations = [
            annotation
            for file in body.annotations.get(entry.id, [])
            for annotation in self.container.xml(file).iter("Annot")
            if values.is_true(annotation, "Visible", otherwise=True)
        ]
        return Sheet(box, [*below, *_layers(page), *above], annotations, resources)


def _box_of(area: Element | None) -> values.Box | None:
    return None if area is None else values.box(area.findtext("PhysicalBox"))


def _layers(page: Element) -> list[Element]:
    """The layers of a page, the lower first (9.4)."""
    content = page.find("Content")
    layers = [] if content is None else list(content.iter("Layer"))
    return sorted(layers, key=lambda layer: _LAYER_ORDER.get(layer.get("Type", "Body"), 1))
