"""Data: where they come from, and whether they fit a model."""

from pruneview.pruning.data.arranging import check_source
from pruneview.pruning.data.fitting import (
    ModelShapes,
    adapt_inputs,
    check_fit,
    check_labels,
)
from pruneview.pruning.data.keras_datasets import DATASETS
from pruneview.pruning.data.samples import Samples, Several
from pruneview.pruning.data.sources import DataSet, load
from pruneview.pruning.data.spec import FORMS, DataSpec
from pruneview.pruning.errors import DataError

__all__ = [
    "DATASETS",
    "FORMS",
    "DataError",
    "DataSet",
    "DataSpec",
    "ModelShapes",
    "Samples",
    "Several",
    "adapt_inputs",
    "check_fit",
    "check_labels",
    "check_source",
    "load",
]
