"""Dirbtuvė: a ledger for social workshops. `ARCHITECTURE.md` beside this file says where each thing goes."""
