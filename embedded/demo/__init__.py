"""The demonstration: a shop's log becomes conversions, a charge and transfers."""
