"""The ledger: one SQLite file, one append-only table of events. The only folder that knows sqlite3."""

from goldenpath.adapters.ledger.audit import Audit, audit
from goldenpath.adapters.ledger.book import Ledger, open_ledger

__all__ = ["Audit", "Ledger", "audit", "open_ledger"]
