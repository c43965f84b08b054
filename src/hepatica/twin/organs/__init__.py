"""The organs of the twin: one file each, equations only; numbers and sources stand in `twin/data`."""
