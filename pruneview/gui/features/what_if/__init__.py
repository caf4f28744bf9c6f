"""What would become zero at another threshold, before anything is done."""

from pruneview.gui.features.what_if.feature import WhatIf

__all__ = ["WhatIf"]
