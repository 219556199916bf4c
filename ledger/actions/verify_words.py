"""What `verify` says of each kind of trouble."""

from __future__ import annotations

from ledger.i18n import mark
from ledger.sentences import learn

learn({
    "verify_paper_missing": mark("A paper of this run is missing."),
    "verify_hash_differs": mark("The stored texts are not those that were approved."),
    "verify_inputs_differ": mark("The inputs do not come out the same."),
    "verify_result_differs": mark("Worked out again the result is another."),
    "verify_identity_differs": mark("The month's sums are not those of the result."),
    "verify_identity_broken": mark("The month's sums do not add up."),
    "verify_people_differ": mark("The sealed statements are not those of the result."),
    "verify_lines_differ": mark("The sealed lines of statements are not those of the result."),
    "verify_sales_differ": mark("The sealed sale lines are not those of the result."),
    "verify_matches_differ": mark("The sealed matches are not those of the result."),
    "verify_trace_without_match": mark("A traced cent has no match."),
    "verify_trace_without_statement": mark("A traced cent has no statement."),
    "verify_scheme_changed": mark("The text of the scheme was changed."),
    "verify_paper_changed": mark("The stored paper was changed."),
    "verify_journal_gap": mark("An entry of the journal is missing before this one."),
    "verify_journal_changed": mark("The entry of the journal was changed."),
    "verify_journal_unbalanced": mark("The entry of the journal does not add up."),
    "verify_journal_differs": mark("The journal does not say what was approved."),
    "verify_seal_gap": mark("A link of the chain of seals is missing before this one."),
    "verify_seal_changed": mark("The link of the chain of seals was changed."),
    "verify_rows_changed": mark("One of these rows was changed or is gone."),
    "verify_rows_uncovered": mark("This table holds rows that no seal covers."),
    "verify_said_changed": mark("The text is not the one that was kept."),
    "verify_entry_from_nowhere": mark("The entry of the journal comes from nothing that is there."),
    "verify_not_booked": mark("The journal does not say what this document says."),
    "verify_head_missing": mark(
        "Neither the journal nor the seals have this number with this hash: the end of the chain is cut off or was changed."),
    "verify_run_unreadable": mark("The run cannot be read: its rows were changed."),
    "verify_rows_unreadable": mark("These rows cannot be read: one of them was changed."),
    "verify_correction_base": mark("The correction is not of what it says it corrects."),
    "verify_correction_people_differ": mark("The sealed people of a correction are not those that it works out."),
    "verify_correction_facts_differ": mark("What later months go by is not what the correction works out."),
    "verify_late_row_changed": mark("A late row does not say any more what was accepted."),
    "verify_number_gap": mark("The numbers of this series have a gap."),
})
