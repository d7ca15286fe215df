"""The pure rules of both stages: state and event in, new state and facts out; no I/O, no clock.

`visitors` decides what a visitor's event means (stage A), `decisions` what a candidate becomes
(stage B), `purse` the budget's arithmetic that settlement replays.
"""
