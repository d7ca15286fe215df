"""Pure view models: numbers in, words out; nothing here reads or writes."""
