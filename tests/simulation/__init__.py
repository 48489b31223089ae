"""The filing machine against the mock's core, with a network, a ledger and a time that are made up.

`faults` lists what can go wrong; `server` holds the mock as small values and lets it act on real calls; `ledger` holds
one filing; `operators` says what people can say; `places` are the states of the `world`, which puts all of it together
with two workers and a network; `explorer` goes everywhere from there; `invariants` says what must hold in each state,
`transitions` what between two. `times` lets filings (`lives`) last for hours and days instead. Nothing of the machine,
of the calls or of the mock is written here again.
"""
