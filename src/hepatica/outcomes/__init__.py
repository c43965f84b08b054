"""What it is worth: days alive, quality-adjusted life years and cost of care, from simulated courses."""

from hepatica.outcomes.choices import Value as Value
from hepatica.outcomes.choices import cost as cost
from hepatica.outcomes.choices import utility as utility
from hepatica.outcomes.life import Worth as Worth
from hepatica.outcomes.life import care_cost as care_cost
from hepatica.outcomes.life import days_alive as days_alive
from hepatica.outcomes.life import gains as gains
from hepatica.outcomes.life import qaly as qaly
from hepatica.outcomes.pro import ProChange as ProChange
from hepatica.outcomes.pro import ProScore as ProScore
from hepatica.outcomes.pro import answers_from_response as answers_from_response
from hepatica.outcomes.pro import compare_pro as compare_pro
from hepatica.outcomes.pro import differences as differences
from hepatica.outcomes.pro import eq5d_utility as eq5d_utility
from hepatica.outcomes.pro import instrument as instrument
from hepatica.outcomes.pro import instruments as instruments
from hepatica.outcomes.pro import meaningful_difference as meaningful_difference
from hepatica.outcomes.pro import read_value_set as read_value_set
from hepatica.outcomes.pro import score_pro as score_pro
