"""Why a model cannot be shrunk; the message is a sentence for the person."""


class ShrinkError(ValueError):
    """The model cannot be shrunk in that way; nothing has changed."""
