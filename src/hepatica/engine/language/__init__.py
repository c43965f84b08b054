"""How a model is written: states, rates, events, units, parts."""
