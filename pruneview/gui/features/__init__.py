"""Parts of the window that plug into it; the lists of them.

Those made at once are here, all others in `pruneview.gui.features.late`.
"""

from pruneview.gui.features.display.display import DisplayFeature
from pruneview.gui.features.display.gradient import GradientFeature
from pruneview.gui.features.display.marking import MarkingFeature
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.recordings import Recordings
from pruneview.gui.features.timeline import Timeline
from pruneview.gui.features.training_data import TrainingData

#: Made with the window, since a file may be theirs to open or they shape the first
#: picture; asked in this order.
EARLY: tuple[type[Feature], ...] = (
    TrainingData,
    DisplayFeature,
    GradientFeature,
    MarkingFeature,
    Timeline,  # forgets one run before a recording shows another
    Recordings,
)
