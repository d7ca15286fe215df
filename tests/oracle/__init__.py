"""A plain recount of what the pipeline must find, written from the rules alone.

It shares no code with streams or settlement: lists and dictionaries, one pass, no cleverness. Only
the order between visitors is taken from a run's recorded candidates.
"""
