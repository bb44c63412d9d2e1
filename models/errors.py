"""What can go wrong with a model.

ModelError
├── BadWeights  the weights cannot be used: missing, damaged, or made for another version of this code
├── BadProfile  what was kept of a brand cannot be read: damaged, or made by another version of this code
└── Unreadable  labelled text cannot be read: the message says which file and line
"""


class ModelError(Exception):
    """A model cannot do its work; the message says which and why."""


class BadWeights(ModelError):
    """A file of weights is missing, damaged or foreign; reinstalling or training again mends it."""


class BadProfile(ModelError):
    """The kept profile of a brand is damaged or foreign; building it anew from the brand's pages mends it."""


class Unreadable(ModelError):
    """A file of labelled text is missing or not in the shape that training and evaluation read."""
