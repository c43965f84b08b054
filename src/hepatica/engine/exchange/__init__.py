"""A model as SBML and SED-ML."""
