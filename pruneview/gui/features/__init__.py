"""Parts of the window that plug into it; the list of them."""

from pruneview.gui.features.feature import Feature

#: Asked in this order.
FEATURES: tuple[type[Feature], ...] = ()
