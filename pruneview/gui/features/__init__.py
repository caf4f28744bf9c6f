"""Parts of the window that plug into it; the list of them."""

from pruneview.gui.features.display.display import DisplayFeature
from pruneview.gui.features.display.marking import MarkingFeature
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.palette import Palette
from pruneview.gui.features.runs import RunsFeature
from pruneview.gui.features.sensitivity import SensitivityFeature
from pruneview.gui.features.training_data import TrainingData

#: Asked in this order.
FEATURES: tuple[type[Feature], ...] = (
    TrainingData,
    SensitivityFeature,
    Palette,
    RunsFeature,
    DisplayFeature,
    MarkingFeature,
)
