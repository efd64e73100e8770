"""Believable scans of Chinese approval documents with known text, drawn from a seed: for demonstration and tests."""

from samples.making import SampleError, Sheet, make_digital, make_document, save_sheets
from samples.materials import TYPES, WORKS_NAMES
from samples.piles import make_project_pile, make_second_case_pile
from samples.truth import Document, Pile, SampleFile, SealTruth, Value

__all__ = [
    "TYPES",
    "WORKS_NAMES",
    "Document",
    "Pile",
    "SampleError",
    "SampleFile",
    "SealTruth",
    "Sheet",
    "Value",
    "make_digital",
    "make_document",
    "make_project_pile",
    "make_second_case_pile",
    "save_sheets",
]
