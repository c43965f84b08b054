"""What to do: what comes first, options compared, a recommendation with its reason, the lineage of every number."""

from hepatica.planning.payment import Payment as Payment
from hepatica.planning.plan import Plan as Plan
from hepatica.planning.plan import plan as plan
from hepatica.planning.session import Session as Session
from hepatica.planning.session import session as session
from hepatica.planning.weights import Weights as Weights
from hepatica.planning.why import why as why
from hepatica.planning.work import Asked as Asked
