"""The offline verifier: parts that are joined into one file which runs alone, on a machine that has nothing of ours.

Its parts import nothing of ours but one another, on purpose: what checks the archive must not share its mistakes.
"""

from archive.offline.joining import VERIFIER_NAME as VERIFIER_NAME
from archive.offline.joining import offline_verifier as offline_verifier
