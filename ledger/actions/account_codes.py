"""The codes under which the accountant's own program knows the accounts of the journal."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ledger.actions.doing import Doing
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.journal import Account
from ledger.records import months
from ledger.records.months import AccountCode

LONGEST = 20


def set_codes(doing: Doing, codes: Mapping[str, str]) -> int:
    """Set the codes of these accounts, "" for none; returns how many changed. Raises Refused for a code that is no code: letters,
    digits, points, hyphens and slashes, a letter or digit first, so that no spreadsheet takes it for a formula."""
    doing.check(May.KEEP_JOURNAL)
    doing.gate()
    rows = months.code_rows(doing.session, doing.scope, codes)
    changed = 0
    for name, typed in codes.items():
        account, code = Account(name).value, typed.strip()
        if len(code) > LONGEST or not re.fullmatch(r"(\w[\w./-]*)?", code):
            raise Refused("account_code_form", at=account, most=LONGEST)
        row = rows.get(account)
        before = row.code if row else ""
        if code == before:
            continue
        if row is None:
            row = AccountCode(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, account=account)
            doing.session.add(row)
        row.code, row.set_by, row.set_at = code, doing.who.account, doing.at
        doing.session.flush()
        doing.note("set_account_code", "account_code", row.ref, before={"account": account, "code": before}, after={"code": code})
        changed += 1
    return changed
