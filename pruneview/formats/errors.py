"""The one exception that opening, reading or copying a file may raise."""


class FormatError(ValueError):
    """A file cannot be read; the message is one sentence for the person.

    It says what is wrong with the file and, where there is something, what to do
    next. It never carries a traceback or the words of a library.
    """


class DamagedError(FormatError):
    """One array or group of a file is damaged; the rest of it may be readable."""
