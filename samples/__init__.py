"""Believable scans of Chinese approval documents with known text, drawn from a seed: for demonstration and tests."""

from samples.ageing import Degrade
from samples.drawings import DrawnSet, DrawnSheet, draw_set, scanned_pdf, scans, set_pdf
from samples.drawings_changes import CHANGES, changed
from samples.making import SampleError, Sheet, make_digital, make_document, save_sheets
from samples.materials import TYPES, WORKS_NAMES
from samples.papers import Paper, PaperOrder, Print, Scanner, lay_paper, scan_page
from samples.piles import PILE_ANSWERS, make_project_pile, make_second_case_pile
from samples.piles_drawn import draw_pile
from samples.piles_mixed import MixedPage, draw_mixed, write_mixed
from samples.piles_orders import DocumentOrder, Shelf
from samples.piles_plants import PLANTS
from samples.piles_truth import DrawnPile, Planted
from samples.repeats import Draw, Relation, Variant, draw_family
from samples.scoring import (
    SCORED,
    ScoringPage,
    holdout_pages,
    missing_fonts,
    scoring_document,
    scoring_forms,
    scoring_set,
)
from samples.seal_scenes import KINDS as SEAL_KINDS
from samples.seal_scenes import SEAL_SCANS, SealDrawn, SealScene, owner_name, seal_scenes
from samples.truth import Document, Pile, SampleFile, SealTruth, Value
from samples.world import World
from samples.worlds import drawn_world

__all__ = [
    "CHANGES",
    "PILE_ANSWERS",
    "PLANTS",
    "SCORED",
    "SEAL_KINDS",
    "SEAL_SCANS",
    "TYPES",
    "WORKS_NAMES",
    "Degrade",
    "Document",
    "DocumentOrder",
    "Draw",
    "DrawnPile",
    "DrawnSet",
    "DrawnSheet",
    "MixedPage",
    "Paper",
    "PaperOrder",
    "Pile",
    "Planted",
    "Print",
    "Relation",
    "SampleError",
    "SampleFile",
    "Scanner",
    "ScoringPage",
    "SealDrawn",
    "SealScene",
    "SealTruth",
    "Sheet",
    "Shelf",
    "Value",
    "Variant",
    "World",
    "changed",
    "draw_family",
    "draw_mixed",
    "draw_pile",
    "draw_set",
    "drawn_world",
    "holdout_pages",
    "lay_paper",
    "make_digital",
    "make_document",
    "make_project_pile",
    "make_second_case_pile",
    "missing_fonts",
    "owner_name",
    "save_sheets",
    "scan_page",
    "scanned_pdf",
    "scans",
    "scoring_document",
    "scoring_forms",
    "scoring_set",
    "seal_scenes",
    "set_pdf",
    "write_mixed",
]
