"""Codes of faults and refusals -> one clear sentence each: what is wrong, and what to do.

To add codes, write them into the table, or `learn({...})` them when a module above this floor is imported.
Placeholders whose names end in `_thousandths`, `_cents` or `_minutes` are written as quantity, money or hours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ledger import i18n
from ledger.core.faults import Fault, Value, Values
from ledger.i18n import mark

_FORMATS: Mapping[str, Callable[[int], str]] = {
    "thousandths": i18n.quantity,
    "cents": i18n.money,
    "minutes": i18n.hours,
}

SENTENCES: dict[str, str] = {
    # whole files
    "file_too_large": mark("The file is larger than 20 MB: split it by months."),
    "utf16": mark("The file is saved as UTF-16 (“Unicode text”): save it as “CSV UTF-8” and send it again."),
    "nul": mark(
        "This line has bytes that are not text: the file is no CSV file. Save the table as “CSV UTF-8” and "
        "send it again."
    ),
    "mixed_encoding": mark(
        "From this line on letters are saved in another way than elsewhere in the file: save the whole file "
        "as “CSV UTF-8”."
    ),
    "unknown_byte": mark(
        "This line has a letter that can be read neither as UTF-8 nor as Windows-1257: save the file as “CSV "
        "UTF-8”."
    ),
    "separator": mark(
        "Columns are parted by “%(text)s”: save the file with a semicolon or a comma between columns."
    ),
    "broken_quotes": mark(
        "The quotation marks of the row that starts here do not pair: write a quotation mark inside a cell "
        "twice (\"\"). Nothing below was read."
    ),
    "cell_too_long": mark(
        "A cell of the row that starts here is far too long; perhaps a quotation mark is missing. Nothing "
        "below was read."
    ),
    "empty_file": mark("The file is empty: its first line must name the columns."),
    "file_twice": mark("The folder has this file twice (“%(file)s” too): keep one of them."),
    "missing_column": mark("The column “%(name)s” is missing: the first line must name %(columns)s."),
    "unknown_column": mark(
        "There is no column “%(name)s” in this file: rename it or take it out. The columns are %(columns)s."
    ),
    "column_twice": mark("The column “%(name)s” stands twice: keep one of them."),
    "short_row": mark("The row is too short, it has %(cells)s of %(columns)s cells: fill in the rest, from this column on."),
    "beyond_columns": mark("To the right of the last column there is something more: take it out."),
    "long_row": mark(
        "The row is too long, it has %(cells)s cells instead of %(columns)s: a cell with the separator in it "
        "must stand in quotation marks."
    ),
    # any cell
    "empty": mark("The cell is empty: fill it in."),
    "too_long": mark("The text is too long: keep it to %(most)s characters."),
    "bad_character": mark(
        "There is a character here that cannot be seen (%(character)s): delete the text and type it again."
    ),
    "no_number": mark("“%(text)s” is not a number: write it like 12,5."),
    "number_odd": mark(
        "“%(text)s” is not how people write numbers: write it with the digits 0 to 9 and a decimal comma, "
        "like 12,5."
    ),
    "two_readings": mark(
        "“%(text)s” can be read as %(first)s or as %(second)s. Which is it? Write it without a dot."
    ),
    "dot_in_number": mark("“%(text)s” has a dot in it. Is it %(first)s? Write it without a dot."),
    "part_of_cent": mark("“%(text)s” has a part of a cent: write two decimals at most."),
    "too_many_decimals": mark("“%(text)s” has more than three decimals: write three at most."),
    "not_whole": mark("“%(text)s” is not a whole number: write it without decimals."),
    "negative": mark("“%(text)s” is below zero: write a number that is not."),
    "zero": mark("This cannot be zero: write the real number or take the row out."),
    "sum_too_large": mark("“%(text)s” is larger than any real sum here: write at most 1 000 000,00."),
    "quantity_too_large": mark("“%(text)s” is larger than any real quantity: write at most 1 000 000."),
    "number_too_large": mark("“%(text)s” is too large: write a smaller number."),
    "over_hundred_percent": mark("“%(text)s” is more than 100 %%: write a percent from 0 to 100."),
    "over_a_day": mark("“%(text)s” hours are more than a day has: write hours from 0 to 24."),
    "part_of_minute": mark("“%(text)s” hours are not whole minutes: a quarter of an hour is 0,25."),
    "day_form": mark("“%(text)s” is not a date: write it like 2026-10-05."),
    "no_such_day": mark("There is no day %(text)s in the calendar: correct the date."),
    "day_ahead": mark(
        "The day %(text)s is still ahead: correct the date, or bring the row in when the day has come."
    ),
    "day_too_early": mark("The day %(text)s is too long ago: correct the year."),
    "unknown_unit": mark("There is no unit “%(text)s”: write one of %(choices)s."),
    "unknown_mark": mark("There is no mark “%(text)s”: write one of %(choices)s."),
    "yes_or_no": mark("“%(text)s” is neither yes nor no: write one of %(choices)s."),
    "iban_form": mark("“%(text)s” is not an account number: a Lithuanian one is LT and 18 digits."),
    "iban_check": mark(
        "The check digits of the account %(text)s are wrong: compare it with the bank's paper, a digit is "
        "mistyped."
    ),
    # participants
    "participant_twice": mark(
        "The number %(key_1)s already stands in line %(line)s: keep one of the rows or give the other person "
        "their own number."
    ),
    "left_before_start": mark("The last day is before the first day %(started)s: correct one of them."),
    "born_after_start": mark("The person was born after the first day %(started)s: correct one of the dates."),
    "under_age": mark(
        "The person was under 18 on the first day %(started)s, and the service is for adults: check the date."
    ),
    "stored_day_before": mark("The person was here before that, on %(day)s: correct the first day."),
    "stored_day_after": mark("The person was here after that, on %(day)s: correct the last day."),
    "account_twice": mark("%(other)s has the same account: check that the money goes to the right person."),
    "account_asked": mark("The account is another than before: the old one holds until a second person confirms the new one."),
    "unknown_participant": mark(
        "There is no participant %(number)s: correct the number or add the person to “dalyviai”."
    ),
    "before_start": mark(
        "%(number)s started only on %(started)s: correct the day or the first day in “dalyviai”."
    ),
    "after_end": mark("The last day of %(number)s was %(ended)s: correct the day or the last day in “dalyviai”."),
    # products
    "product_twice": mark(
        "The product %(key_1)s already stands in line %(line)s: keep one of the rows; a new price has its own"
        " day in “Galioja nuo”."
    ),
    "product_differs": mark(
        "Product %(code)s is described otherwise in line %(line)s: write the same in both rows."
    ),
    "unit_fixed": mark(
        "Product %(code)s is counted in %(unit)s: keep the unit, or make another product with its own code."
    ),
    "product_approved_month": mark(
        "This price or cost would hold in the approved month %(month)s too: write in “Galioja nuo” from which day it holds."
    ),
    "materials_above_price": mark(
        "The materials cost %(material_cents)s, more than the price of %(price_cents)s: check both."
    ),
    "unknown_product": mark("There is no product %(code)s: correct the code or add the product to “gaminiai”."),
    "part_of_piece": mark("Product %(code)s is counted in whole pieces: write a whole number."),
    # attendance
    "day_twice": mark("%(key_2)s on %(key_1)s already stands in line %(line)s: keep one of the rows."),
    "attended_no_hours": mark("The mark says the person was here, but the hours are 0: check both."),
    "approved_month": mark(
        "The month %(month)s is approved: take the row as a late one and give the reason, or take it out of the file."
    ),
    "closed_month": mark(
        "The month %(month)s was declared empty and is closed: take the row out of the file, or have the month opened again first."
    ),
    # lots
    "share_not_above_zero": mark(
        "A maker's share must be above zero, here it is “%(text)s”: write the share or take the maker out."
    ),
    "maker_twice": mark(
        "%(key_2)s already stands in lot %(key_1)s in line %(line)s: keep one row with the whole share."
    ),
    "lot_disagrees": mark(
        "The rows of lot %(lot)s differ in “%(column)s”, first written in line %(line)s: write the same in "
        "all of them, or give one its own lot."
    ),
    "nothing_made": mark(
        "Nothing was made in this lot, neither good nor reject: write the quantity or take the lot out."
    ),
    "lot_differs": mark(
        "Lot %(lot)s is already in the books: %(old_day)s, %(old_product)s, good %(old_good_thousandths)s, "
        "rejects %(old_reject_thousandths)s, made by %(old_makers)s; this row says %(new_day)s, "
        "%(new_product)s, good %(new_good_thousandths)s, rejects %(new_reject_thousandths)s, made by "
        "%(new_makers)s. Correct the number of the lot, or send all rows of the lot."
    ),
    "maker_absent": mark("%(number)s made this on %(day)s, but is not marked D that day: check the attendance."),
    # sales
    "no_vat_payer": mark(
        "The provider is no VAT payer, but VAT here is “%(text)s”: write 0, or have the setting changed "
        "first."
    ),
    "line_twice": mark(
        "Line %(key_2)s of the document %(key_1)s already stands in line %(line)s of the file: give it its "
        "own number or take it out."
    ),
    "return_form": mark(
        "“%(text)s” does not name a line: write the document, a slash and the number of the line, like "
        "MUG-9/3."
    ),
    "return_of_what": mark(
        "The quantity is below zero, but the line that is returned is not named: write it like MUG-9/3."
    ),
    "no_return": mark(
        "A line that is returned is named, but the quantity is above zero: write the quantity with a minus or"
        " empty this cell."
    ),
    "returned_line_missing": mark(
        "There is no line %(number)s in the document %(document)s: correct what is returned, or bring that "
        "sale in too."
    ),
    "returns_a_return": mark(
        "Line %(number)s of the document %(document)s is itself a return: name the line of the sale."
    ),
    "returns_other_product": mark(
        "Line %(number)s of the document %(document)s sold %(code)s: correct the product or the line."
    ),
    "returned_before_sold": mark(
        "Line %(number)s of the document %(document)s was sold on %(day)s: a return cannot be earlier, "
        "correct the day."
    ),
    "returns_too_much": mark(
        "Line %(number)s of the document %(document)s sold %(sold_thousandths)s, and %(returned_thousandths)s"
        " came back already: lessen the return."
    ),
    "less_than_returned": mark(
        "%(returned_thousandths)s of this line came back already: the quantity sold cannot be less."
    ),
    "returned_as_other": mark("A part of this line came back as %(code)s: keep that product."),
    "returned_earlier": mark(
        "A part of this line came back on %(day)s already: the sale cannot be later, correct the day."
    ),
    "sold_more_than_made": mark(
        "No lot covers %(bare_thousandths)s of %(code)s: that part is sold without a lot until its lot is "
        "brought in, check the quantity."
    ),
    # schemes
    "scheme_faulty": mark("The text of the rules has faults (%(count)s): put them right and try again."),
    "scheme_syntax": mark(
        "The text cannot be read from line %(line)s, character %(column)s on: check quotation marks and brackets there."),
    "scheme_key_missing": mark("This must be written and is not: add it."),
    "scheme_key_unknown": mark("Nobody knows this word: take it out or correct its spelling."),
    "scheme_key_other": mark("Nobody knows this word here: take it out or correct its spelling. Known are %(keys)s."),
    "scheme_text_form": mark("A text in quotation marks is needed here, of 1 to %(longest)s characters."),
    "scheme_key_form": mark("A short name is needed here: small Latin letters, digits and underscores, a letter first."),
    "scheme_date_form": mark("This is not a date: write it like 2026-10-05."),
    "scheme_number_form": mark("A number in quotation marks with a dot is needed here, like \"1.20\"."),
    "scheme_number_negative": mark("The number cannot be below zero."),
    "scheme_number_over": mark("The number is too large: at most %(most)s."),
    "scheme_minutes_whole": mark("The hours are not whole minutes: a quarter of an hour is \"0.25\"."),
    "scheme_whole_form": mark("A whole number without quotation marks is needed here."),
    "scheme_whole_range": mark("The number must be from %(least)s to %(most)s."),
    "scheme_choice": mark("One of these words is needed here: %(options)s."),
    "scheme_table_form": mark("A table is needed here: its name stands in square brackets, the values below it."),
    "scheme_parts_none": mark("There is no part at all: write at least one."),
    "scheme_kind_unknown": mark("There is no such kind of part: write one of %(kinds)s."),
    "scheme_step_cents": mark("The step of rounding must be whole cents, like \"0.05\"."),
    "scheme_step_zero": mark("The step of rounding cannot be zero."),
    "scheme_amount_cents": mark("The sum has a part of a cent: write two decimals at most."),
    "scheme_key_twice": mark("The name “%(name)s” stands twice or is kept for the program: give each part and limit its own."),
    "scheme_part_unknown": mark("There is no part “%(name)s”: write the name of one that stands above."),
    "scheme_not_last": mark("This part comes after one that shares out all that was sold: put it before that one."),
    "scheme_one_of": mark("Exactly one of these is needed here: %(keys)s."),
    "scheme_rows_none": mark("There is no row at all: add at least one."),
    "scheme_formula": mark(
        "The formula cannot be read from character %(column)s on: “%(text)s”. Use + * / brackets and min or max with several "
        "values; in the form a semicolon parts the values."),
    "scheme_name_unknown": mark("A formula cannot name “%(name)s” here. It may name %(names)s."),
    "scheme_ref_unknown": mark("There is no reference amount “%(name)s”: write it in its section. There are %(names)s."),
    "scheme_ref_none": mark("There is no reference amount “%(name)s”, nor any other yet: write it in its section."),
    "scheme_part_later": mark("The part “%(name)s” is worked out later: a formula may name only parts that stand above."),
    "scheme_wholes_form": mark("Different whole numbers from %(least)s to %(most)s are needed here, without quotation marks."),
    "scheme_flag_form": mark("Yes or no is needed here: true or false without quotation marks."),
    "scheme_ratio_form": mark("A part of one is needed here: from 0 to 1, or a fraction like 1/22."),
    "scheme_calendar_form": mark("A calendar is two capital letters of a country, like LT."),
    "scheme_class_rows": mark("Sums by class need both: which value of the person tells the class, and a row for each word."),
    "scheme_class_twice": mark("The word “%(name)s” stands twice: keep one of the rows."),
    "scheme_count_bands": mark("Sums by count need both: what is counted, and the rows."),
    "scheme_hours_twice": mark("Hours of the kind “%(name)s” stand twice: keep one of the rows."),
    "scheme_piece_twice": mark("This product or task stands twice: keep one of the rows."),
    "scheme_task_twice": mark("The task “%(name)s” stands twice: keep one of the rows."),
    "scheme_points_order": mark("The rows of the table must rise: this one is not above the one before it."),
    "scheme_norm_zero": mark("The norm comes out as zero: check its numbers."),
    "scheme_allowance_small": mark("The allowance is smaller than the least one that is written (%(least)s)."),
    "scheme_below_wage": mark("Who keeps the norm would earn less than the hour: check the norm and the roundings."),
    "scheme_excused_both": mark("Write both or neither: from how many excused days it counts, and what part is left then."),
    "scheme_pool_amount": mark("The sum is needed for a fixed sum and a sum of the budget, and stands nowhere else."),
    "scheme_pot_amount": mark("When the budget or the reserve pays, say which sum is divided: they have no pool."),
    "scheme_portions_over": mark("Together the parts would pay out more than 100 %% of what is divided: lessen their shares."),
    "scheme_withheld_last": mark("Only what is withheld may stand after a withheld part: move this part up."),
    "scheme_again_share": mark("A cut can be divided among the others only when the limit is on a part that shares a common sum."),
    "scheme_limit_key": mark("This does not belong to a limit of this kind: leave it empty."),
    "scheme_date_twice": mark("The day %(date)s stands twice: keep one of the rows."),
    "scheme_amount_late": mark("The first sum must hold from %(date)s or earlier, when the rules begin."),
    "scheme_circular": mark("These amounts are made from each other in a circle: %(way)s. Write one of them as a sum."),
    "scheme_inside_month": mark(
        "%(day)s is inside a month: let the rules begin on %(first)s or %(next)s, or write in the draft that the month is split "
        "by date."),
    "scheme_split_alone": mark("No rules hold before this day, so the month cannot be split: let them begin on %(first)s."),
    "scheme_split_twice": mark("Rules No. %(number)s already split this month: let these begin on %(next)s."),
    "stale_draft": mark("The draft was changed since you read it. Read it again before you approve it."),
    "scheme_band_none": mark("There is no band of hours: write at least one."),
    "scheme_band_empty": mark("The band ends before it begins: correct the hours."),
    "scheme_band_overlap": mark("This band overlaps the one below it: it must begin where that one ends."),
    "scheme_band_gap": mark("There is a gap between this band and the one below it: it must begin where that one ends."),
    "scheme_band_top": mark(
        "The last band must be open: take its upper edge out. If it gives nothing, add one more band with the sum 0."),
    "scheme_number_taken": mark("Rules No. %(number)s are already approved: give the new ones another number."),
    "scheme_before_approved": mark(
        "The month %(month)s is approved, and these rules would change it: let them begin after that month."),
    # other
    "month_form": mark("“%(text)s” is not a month: write it like 2026-10."),
}

TYPED: dict[str, str] = {
    # the same code is told otherwise on a page than of a row of a file
    "approved_month": mark("The month %(month)s is approved: nothing of it can be changed any more."),
    "before_start": mark("%(number)s was not here yet on %(day)s: the first day is later."),
    "after_end": mark("%(number)s was no longer here on %(day)s: the last day is earlier."),
    "share_not_above_zero": mark("Write a share above zero for everybody who made it."),
    "maker_absent": mark("%(name)s is marked absent on %(day)s: take the person out or correct the attendance."),
    "nothing_made": mark("Write how many were made, good or rejected."),
    "negative": mark("The number cannot be below zero."),
    "zero": mark("This cannot be zero: write the real number."),
    "no_vat_payer": mark("The provider is no VAT payer: VAT is 0."),
    "code_taken": mark("Another product has the code %(code)s: write another one."),
    "unknown_unit_typed": mark("Choose the unit: pieces or kilograms."),
    "price_in_approved_month": mark("The month %(month)s is approved: a price can hold from %(day)s at the earliest."),
}
"""Sentences of refusals of what was typed on a page; they stand before SENTENCES there."""

REFUSALS: dict[str, str] = {
    # refusals of actions, by code
    "certificate_empty": mark("Nothing was worked out or paid for this person in these months. Choose other months."),
    "too_many_months": mark("A certificate is of at most %(most)s months."),
    "not_allowed": mark("This account may not do this, or there is no such thing in its workshop."),
    "no_account": mark("There is no active account “%(login)s”."),
    "no_folder": mark("There is no folder %(folder)s."),
    "empty_folder": mark("The folder %(folder)s has no files."),
    "import_refused": mark("Nothing was brought in: %(count)s cells must be corrected first."),
    "nothing_to_import": mark(
        "None of the files can be brought in. A file, or a sheet of a workbook, is named dalyviai, gaminiai, lankomumas, gamyba "
        "or pardavimai."
    ),
    "key_used": mark("This form was already sent with other content. Reload the page and do it again."),
    "somebody_faster": mark(
        "Somebody was faster, so nothing was saved. Reload the page and look at what is there now."
    ),
    "changed_meanwhile": mark("Somebody changed this row meanwhile. Look at it as it is now and correct it again."),
    "already_begun": mark("These books have been begun already."),
    "already_settled": mark("This was settled already."),
    "accountant_and_director": mark(
        "One account cannot be accountant and director: who calculates does not approve."
    ),
    "number_taken": mark("There is already a participant %(number)s: give the new person another number."),
    "days_outside": mark("Something is written down for this person on %(day)s: the dates must hold that day."),
    "papers_failed": mark(
        "Papers of %(month)s that could not be made: %(count)s. %(why)s Then try again: dirbtuve papers %(month)s."),
    # why a piece of work in the background failed
    "batch_lost": mark("The work was cut off three times: the program was stopped, or the machine had no memory left."),
    "batch_erased": mark("The data of this person are erased, so this paper cannot be made any more."),
    "batch_parts_missing": mark(
        "A font, picture or template of the papers is missing. Install the program again, or ask whoever looks after it."),
    "batch_database": mark("The database could not be used: it may be stopped, busy, full or read-only."),
    "batch_no_memory": mark("The machine had no memory left."),
    "batch_broken": mark("The program made a mistake. Tell whoever looks after it which paper it was."),
    "papers_missing": mark("The papers of %(month)s are not made yet: make them with dirbtuve papers %(month)s."),
    "not_utf8": mark("The file %(file)s is no UTF-8 text: save it as UTF-8 and try again."),
    "own_role": mark("Nobody gives a role to themselves. Ask another director."),
    "own_account": mark("Your own account cannot be ended by you."),
    "login_taken": mark("This sign-in name is taken. Choose another."),
    "password_short": mark("The password is too short: at least %(least)s characters."),
    "empty_text": mark("Fill this in."),
    "text_too_long": mark("This is too long: at most %(most)s characters."),
    "future_day": mark("This day has not come yet. Choose today or an earlier day."),
    "long_ago": mark("This day is too long ago; perhaps the year is wrong."),
    "hours_range": mark("A day has 0 to 24 hours."),
    "attended_without_hours": mark("Who attended was there for some time: write the hours."),
    "no_makers": mark("Choose who made it."),
    "maker_not_here": mark("%(name)s was not in the workshop on %(day)s: take the name off or correct the day."),
    "part_of_a_piece": mark("This product is counted in whole pieces."),
    "too_large": mark("This is larger than any real quantity. Check the number."),
    "not_above_zero": mark("Write a quantity above zero."),
    "no_channel": mark("Choose where it was sold."),
    "percent_range": mark("A percent is from 0 to 100."),
    "sale_has_return": mark("Goods of this line came back already. Take the return back first."),
    "return_of_return": mark("A return cannot be returned."),
    "return_product": mark("Another product came back than was sold."),
    "return_early": mark("It was sold on %(day)s: it cannot come back before that day."),
    "return_too_much": mark("More comes back than was sold: at most %(left_thousandths)s is left."),
    "return_unknown": mark("The return names a line that is not there."),
    "lot_unknown": mark("A match names a lot that is not there."),
    "person_unknown": mark("A row names a person who is not in this workshop."),
    "row_twice": mark("The same row stands twice in the calculation."),
    "weight_zero": mark("A share must be above zero."),
    "ended_before_started": mark("The last day cannot be before the first."),
    "born_in_future": mark("The date of birth has not come yet."),
    "iban_wrong": mark("The account number is wrong: its check digits do not fit. Look at the paper once more."),
    "unknown_concern": mark("Choose what is wrong."),
    "unknown_goal_kind": mark("Choose a general or a special work skill."),
    "unknown_picture": mark("Choose a picture."),
    "goal_ended": mark("This goal has ended. Set a new one."),
    "due_before_set": mark("The day by which it is to be reached must be after the day it was set."),
    "score_range": mark("Choose from 0 to %(most)s steps."),
    "before_goal": mark("The goal was set on %(day)s: choose that day or a later one."),
    "no_scheme": mark("No scheme is in force for %(month)s. The director approves one under Rules."),
    "future_month": mark("%(month)s has not begun yet."),
    "before_books": mark("The books begin in %(begins)s."),
    "run_not_draft": mark("The calculation of %(month)s is no draft any more. Reload the page."),
    "run_not_submitted": mark("The calculation of %(month)s does not wait for approval. Reload the page."),
    "run_not_approved": mark("The month %(month)s is not approved yet."),
    "stale_run": mark("The facts of %(month)s have changed since this calculation. Work it out again."),
    "earlier_open": mark("First approve %(month)s or declare it empty."),
    "no_reason": mark("Write what is to be mended."),
    "no_order": mark("Write the number of the order."),
    "own_calculation": mark("Who calculated or submitted a month does not approve it."),
    "month_not_over": mark("%(month)s is not over yet."),
    "month_not_empty": mark("%(month)s has sales or attendance, or a calculation: it is not empty."),
    "entry_name_form": mark(
        "A name has letters, digits, hyphens and underscores and no spaces, at most %(most)s, as the rules write it."),
    "over_eight_decimals": mark("“%(text)s” has more than eight decimals: write eight at most."),
    "good_above_made": mark("More are good than were made: check both numbers."),
    "made_without_task": mark("Write at which task or step this was made."),
    "nothing_worked": mark("Write hours, what was made or points: without them the entry says nothing."),
    "over_day_together": mark(
        "Together with the other entries of this day (%(others_minutes)s hours) it is more than a day has: check the hours."),
    "worked_while_absent": mark("%(name)s is marked absent on %(day)s: correct the day or the attendance."),
    "day_of_another_month": mark(
        "This day lies in another month than %(month)s: choose a day of it, or open the other month."),
    "not_here_in_month": mark("%(number)s was not here in %(month)s: correct the day."),
    "no_adjustment": mark(
        "Choose by which item of the rules the sum is paid. When the rules have no such item, only an encouragement of 0 can be "
        "written down."),
    "declared_empty": mark("The month %(month)s is declared empty: nothing more is written down for it."),
    "value_in_approved_month": mark("The month %(month)s is approved: a value can hold from %(day)s at the earliest."),
    "value_sets_pay": mark("Pay depends on the value “%(name)s”: the accountant or the director sets it."),
    "too_far_ahead": mark("This day is too far ahead; perhaps the year is wrong."),
    "calendar_unknown": mark("There is no calendar of public holidays “%(code)s”: write the two letters of a country, like LT."),
    "closed_month": mark("The month %(month)s is closed: nothing is booked into it any more."),
    "take_back_why": mark("Write why it is taken back."),
    "not_own_row": mark("This movement is a payment, or is not posted any more: it cannot be taken back here."),
    # late rows and corrections
    "late_why": mark("Write why: what was wrong, and how it was found."),
    "late_same": mark("The month says exactly this already: nothing would change."),
    "late_settled": mark("Somebody was faster: this row is settled already. Reload the page."),
    "late_no_kind": mark("No correction works this in. Refuse the row, and write it down from an open day on."),
    "late_person_unknown": mark("This person is not in the calculation of that month. First say from which day they were here."),
    "late_other_month": mark("This day lies in another month than %(month)s."),
    "late_lot_unknown": mark("This lot had no part in the calculation of %(month)s."),
    "late_line_unknown": mark("This sale line is not of %(month)s."),
    "late_line_returns": mark("A return follows the line that it returns: correct that one."),
    "late_line_moved": mark(
        "Goods of this line came back or got their lot in %(month)s, which is approved. Write a return and a new sale in the open "
        "month."),
    "late_line_quantity": mark(
        "Of a sale line of an approved month only price and discount can be corrected. Write a return and a new sale in the open "
        "month."),
    "late_lot_quantity": mark(
        "The quantity, product or day of a lot of an approved month cannot be corrected: what was sold of it stays matched. "
        "Count the stock and write down the difference."),
    "late_entry_unknown": mark("There is no such entry in %(month)s."),
    "late_value_form": mark("Write a number or a word."),
    "late_maker_twice": mark("Each maker stands once."),
    "nothing_to_correct": mark("No accepted row waits for a correction of %(month)s."),
    "no_correction_draft": mark("There is no draft of a correction of %(month)s any more. Reload the page."),
    "own_correction": mark("Who worked a correction out does not approve it."),
    "stale_correction": mark("Something changed since this correction was worked out: work it out again."),
    "not_own_record": mark("A debt can only be of somebody whose own record was wrong."),
    "write_off_why": mark("Write why nothing more is kept back."),
    "opened_already": mark("The balances with which the books begin are written down already."),
    "months_order": mark("The last month cannot be before the first."),
    "account_code_form": mark(
        "A code has letters, digits, points, hyphens and slashes, a letter or a digit first, at most %(most)s characters."),
    "opening_nothing": mark("Write at least one sum above zero."),
}
SENTENCES |= REFUSALS


def learn(sentences: Mapping[str, str]) -> None:
    """Add sentences by code; a code has one sentence (ValueError otherwise)."""
    for code, sentence_of_code in sentences.items():
        if SENTENCES.setdefault(code, sentence_of_code) != sentence_of_code:
            raise ValueError(f"two sentences for {code}")


def sentence(code: str, values: Values) -> str:
    """The sentence of a code in the language spoken now, filled with its values; raises KeyError without one."""
    if code == "scheme_ref_unknown" and values["names"] == "—":
        code = "scheme_ref_none"
    if code == "scheme_key_unknown" and values.get("keys"):
        code = "scheme_key_other"
    return _filled(SENTENCES[code], values)


def refusal(code: str, values: Values) -> str:
    """Why something typed on a page is refused, in the language spoken now; raises KeyError for a code without a sentence."""
    return _filled(TYPED.get(code) or SENTENCES[code], values)


def fault_text(fault: Fault) -> str:
    """The sentence of a fault in a brought-in file."""
    return sentence(fault.code, fault.values)


def _filled(message: str, values: Values) -> str:
    return i18n.gettext(message, **{name: _written(name, value) for name, value in values.items()})


def _written(name: str, value: Value) -> Value:
    if name == "names" and isinstance(value, str):
        return re.sub(r"\.(?=,|$)", ".…", value)  # hours. begins a name, it is none
    if name == "way" and isinstance(value, str):
        return value.replace("→", "–")  # the font has no arrows
    write = _FORMATS.get(name.rpartition("_")[2])
    return write(value) if write and isinstance(value, int) else value
