"""A practice Stripe: stateful, over HTTP, for the real SDK, with practice money only.

Its figures: a charge costs 2.9 % + 30 minor units, its funds are available two days later, and
each currency keeps a balance of its own. A parameter that Stripe takes and this room does not act
on is refused, so that nothing is ignored in silence.
"""
