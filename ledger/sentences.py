"""Codes of faults and refusals -> one clear sentence each: what is wrong, and what to do.

To add codes, write them into the table, or `learn({...})` them when a module above this floor is imported.
Placeholders whose names end in `_thousandths`, `_cents` or `_minutes` are written as quantity, money or hours.
"""

from __future__ import annotations

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
    "short_row": mark(
        "The row is too short, it has %(cells)s of %(columns)s cells: fill in the rest, from this column on."
    ),
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
    "unknown_participant": mark(
        "There is no participant %(number)s: correct the number or add the person to dalyviai.csv."
    ),
    "before_start": mark(
        "%(number)s started only on %(started)s: correct the day or the first day in dalyviai.csv."
    ),
    "after_end": mark("The last day of %(number)s was %(ended)s: correct the day or the last day in dalyviai.csv."),
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
        "This price or cost would hold in the approved month %(month)s too: write in “Galioja nuo” from which"
        " day it holds."
    ),
    "materials_above_price": mark(
        "The materials cost %(material_cents)s, more than the price of %(price_cents)s: check both."
    ),
    "unknown_product": mark("There is no product %(code)s: correct the code or add the product to gaminiai.csv."),
    "part_of_piece": mark("Product %(code)s is counted in whole pieces: write a whole number."),
    # attendance
    "day_twice": mark("%(key_2)s on %(key_1)s already stands in line %(line)s: keep one of the rows."),
    "attended_no_hours": mark("The mark says the person was here, but the hours are 0: check both."),
    "approved_month": mark(
        "The month %(month)s is approved: take the row as a late one and give the reason, or take it out of "
        "the file."
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
    # other
    "month_form": mark("“%(text)s” is not a month: write it like 2026-10."),
}


def learn(sentences: Mapping[str, str]) -> None:
    """Add sentences by code; a code has one sentence (ValueError otherwise)."""
    for code, sentence_of_code in sentences.items():
        if SENTENCES.setdefault(code, sentence_of_code) != sentence_of_code:
            raise ValueError(f"two sentences for {code}")


def sentence(code: str, values: Values) -> str:
    """The sentence of a code in the language spoken now, filled with its values; raises KeyError without one."""
    return i18n.gettext(SENTENCES[code], **{name: _written(name, value) for name, value in values.items()})


def fault_text(fault: Fault) -> str:
    """The sentence of a fault in a brought-in file."""
    return sentence(fault.code, fault.values)


def _written(name: str, value: Value) -> Value:
    write = _FORMATS.get(name.rpartition("_")[2])
    return write(value) if write and isinstance(value, int) else value
