"""Many submissions.

engine         what is to be done, in which order, and what counts as done
progress       how far it is
outputs        what comes out: gradebook.csv, results.json, a feedback page each
"""
