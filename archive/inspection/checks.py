"""The table that pairs each code with the function that judges it, and the walk through it for one phase."""

from collections.abc import Callable, Iterator, Mapping

from archive.inspection import authenticity, integrity, metadata_checks, safety, usability
from archive.inspection.codes import codes_of
from archive.inspection.evidence import Evidence
from archive.inspection.report import Outcome, ReportLine

Check = Callable[[Evidence], Iterator[Outcome]]

CHECKS: Mapping[str, Check] = {
    "1-1": authenticity.check_fixed,
    "1-2": metadata_checks.check_lengths,
    "1-3": metadata_checks.check_types,
    "1-4": metadata_checks.check_values,
    "1-5": metadata_checks.check_plausible,
    "1-6": metadata_checks.check_special,
    "1-7": metadata_checks.check_number,
    "1-8": metadata_checks.check_unique,
    "1-10": authenticity.check_attributes,
    "1-11": authenticity.check_linked,
    "1-12": authenticity.check_directory,
    "1-13": authenticity.check_layout,
    "1-14": authenticity.check_same,
    "2-1": integrity.check_count,
    "2-2": integrity.check_bytes,
    "2-3": metadata_checks.check_all_fields,
    "2-4": metadata_checks.check_required,
    "2-5": integrity.check_process,
    "2-6": integrity.check_running,
    "2-7": integrity.check_pages,
    "2-8": integrity.check_attachments,
    "2-9": integrity.check_scope,
    "2-10": integrity.check_package_metadata,
    "2-11": integrity.check_found,
    "3-1": usability.check_records,
    "3-2": usability.check_register,
    "3-3": usability.check_formats,
    "3-4": usability.check_readable,
    "3-4-1": usability.check_bombs,
    "3-4-2": usability.check_unpacking,
    "3-5": usability.check_lasting,
    "3-6": usability.check_environment,
    "3-7": usability.check_replica,
    "3-8": usability.check_open,
    "4-1": safety.check_scanner,
    "4-2": safety.check_viruses,
    "4-3": safety.check_foreign,
    "4-4": safety.check_speed,
    "4-5": safety.check_looks,
    "4-6": safety.check_disc,
    "4-7": safety.check_operation,
}


def judge(evidence: Evidence) -> tuple[ReportLine, ...]:
    """Every line of the phase, in the order of the codes. A check that had nothing to look at says 不适用."""
    lines = []
    for code in codes_of(evidence.phase):
        found = list(CHECKS[code.number](evidence)) or [Outcome(evidence.manifest.package, "不适用", "没有这类对象")]
        lines += [ReportLine.of(evidence.phase, code, one) for one in found]
    return tuple(lines)
