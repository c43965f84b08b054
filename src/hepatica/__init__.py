"""hepatica: stem-cell therapy for liver disorders, staged, simulated, compared and planned.

import hepatica as hp
p = hp.read("patient.json")
print(hp.stage(p).label)
hp.plan(p).save("out/")
"""

from hepatica.api import match, plan, read, read_many, score, session, simulate, stage, what_if
from hepatica.errors import CannotAnswer, HepaticaError, InputError

__version__ = "0.1.0"
__all__ = [
    "CannotAnswer",
    "HepaticaError",
    "InputError",
    "match",
    "plan",
    "read",
    "read_many",
    "score",
    "session",
    "simulate",
    "stage",
    "what_if",
]
