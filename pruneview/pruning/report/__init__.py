"""Why a pruned model is not smaller or faster: measured, and what would change it."""

from pruneview.pruning.fidelity.agreement import Fidelity, measure_fidelity
from pruneview.pruning.report.measure import measure_report
from pruneview.pruning.report.options import ReportOptions
from pruneview.pruning.report.rows import CostReport, Figure, ReportMade, Row, Zeros
from pruneview.pruning.report.subject import (
    Subject,
    subject_in_memory,
    subject_of_file,
)

__all__ = [
    "CostReport",
    "Fidelity",
    "Figure",
    "ReportMade",
    "ReportOptions",
    "Row",
    "Subject",
    "Zeros",
    "measure_fidelity",
    "measure_report",
    "subject_in_memory",
    "subject_of_file",
]
