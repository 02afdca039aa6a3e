"""What a format raises when a whole page cannot be loaded."""


class PageError(ValueError):
    """The page as a whole is not one of this format; the message says why, without the path."""
