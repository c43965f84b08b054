"""From symbols to straight-line C."""
