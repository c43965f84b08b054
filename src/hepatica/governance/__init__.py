"""What law and ethics ask: pathway by jurisdiction, and consent generated from a plan."""

from hepatica.governance.consent import ConsentFacts as ConsentFacts
from hepatica.governance.consent import consent as consent
from hepatica.governance.library import bibliography as bibliography
from hepatica.governance.regulation import jurisdiction_id as jurisdiction_id
from hepatica.governance.regulation import regulation as regulation
