"""Features that the first heatmap need not wait for."""

from pruneview.gui.features.branching import Branching
from pruneview.gui.features.comparison import ComparisonFeature
from pruneview.gui.features.copy_log import CopyLog
from pruneview.gui.features.export import Export
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.fidelity import FidelityFeature
from pruneview.gui.features.palette import Palette
from pruneview.gui.features.presentation import Presentation
from pruneview.gui.features.runs import RunsFeature
from pruneview.gui.features.sensitivity import SensitivityFeature
from pruneview.gui.features.shortcuts import Shortcuts
from pruneview.gui.features.structured.feature import StructuredFeature
from pruneview.gui.features.structured.shrinking import ShrinkingFeature
from pruneview.gui.features.text_size import TextSize
from pruneview.gui.features.tour import GuidedTour
from pruneview.gui.features.wall import WallFeature
from pruneview.gui.features.what_if import WhatIf

#: Made once it is shown, or when one of them is wanted; asked in this order.
LATE: tuple[type[Feature], ...] = (
    CopyLog,
    TextSize,
    WallFeature,
    Presentation,
    Export,
    SensitivityFeature,
    FidelityFeature,
    Palette,
    Shortcuts,
    WhatIf,
    GuidedTour,
    RunsFeature,
    Branching,
    ComparisonFeature,
    StructuredFeature,
    ShrinkingFeature,
)
