"""What a report says: rows of figures, each with what would improve it."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from pruneview.pruning.events import Event
from pruneview.pruning.fidelity.agreement import Fidelity

SCHEMA = 1


@dataclass(frozen=True)
class Figure:
    """One measured number, in the unit of its row.

    ``low`` and ``high`` are the quartiles of a time; None for what has no spread.
    """

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    key
        Names the row for machines, for example ``deflated``.
    title
        Names it for people.
    unit
        ``bytes`` or ``seconds``.
    dense, pruned
        None where nothing was measured.
    how
        What exactly was measured, and with what.
    missing
        Sentences that say why a figure is not there; empty where all are.
    improve
        What would have to change for the figure to become better.
    """

    key: str
    title: str
    unit: str
    dense: Figure | None
    pruned: Figure | None
    how: str
    improve: str
    missing: tuple[str, ...] = ()

    @property
    def ratio(self) -> float | None:
        """The pruned figure as a share of the dense one."""
        if self.dense is None or self.pruned is None or not self.dense.value:
            return None
        return self.pruned.value / self.dense.value

    @property
    def within_spread(self) -> bool | None:
        """Whether the two times differ by no more than they scatter."""
        one, other = self.dense, self.pruned
        if one is None or other is None:
            return None
        if one.low is None or one.high is None:
            return None
        if other.low is None or other.high is None:
            return None
        return one.low <= other.high and other.low <= one.high


@dataclass(frozen=True)
class Zeros:
    """Exact zeros counted over the weights that can be pruned."""

    prunable: int
    zeros: int

    @property
    def sparsity(self) -> float:
        """Share of zeros, 0 to 1."""
        return self.zeros / self.prunable if self.prunable else 0.0


@dataclass(frozen=True)
class CostReport:
    """A dense and a pruned model side by side, or one model alone.

    Attributes
    ----------
    dense_name, pruned_name
        Names of the two; ``pruned_name`` is None for one model alone, whose figures
        then stand under ``dense``.
    conditions
        Sentences on how times were measured: machine, threads, batch, repetitions.
    notes
        Sentences on what is unusual.
    versions
        Of what measured, by package name.
    """

    dense_name: str
    pruned_name: str | None
    dense_zeros: Zeros
    pruned_zeros: Zeros | None
    rows: tuple[Row, ...]
    fidelity: Fidelity | None
    conditions: tuple[str, ...]
    notes: tuple[str, ...]
    versions: dict[str, str]

    def row(self, key: str) -> Row:
        """Return one row; raises KeyError."""
        for row in self.rows:
            if row.key == key:
                return row
        raise KeyError(key)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict; see `SCHEMA`. Keys may be added."""
        record = {"schema": SCHEMA, **dataclasses.asdict(self)}
        for row, fields in zip(self.rows, record["rows"], strict=True):
            fields["ratio"] = row.ratio
            fields["within_spread"] = row.within_spread
        record["dense_zeros"]["sparsity"] = self.dense_zeros.sparsity
        if self.pruned_zeros is not None:
            record["pruned_zeros"]["sparsity"] = self.pruned_zeros.sparsity
        return record


@dataclass(frozen=True)
class ReportMade(Event):
    """A report was asked for, and here it is."""

    report: CostReport

    def to_json(self) -> dict[str, Any]:
        """Return the report's own JSON under ``report``."""
        return {"event": "report_made", "report": self.report.to_json()}
