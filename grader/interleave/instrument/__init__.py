"""Instrument: source of an answer -> code that tells the scheduler before each access to data that may be shared."""
