"""What it is worth: days alive, quality-adjusted life years and cost of care, from simulated courses."""

from hepatica.outcomes.choices import Value as Value
from hepatica.outcomes.choices import cost as cost
from hepatica.outcomes.choices import utility as utility
from hepatica.outcomes.life import Worth as Worth
from hepatica.outcomes.life import care_cost as care_cost
from hepatica.outcomes.life import days_alive as days_alive
from hepatica.outcomes.life import qaly as qaly
