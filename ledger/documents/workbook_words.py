"""Why a workbook, a sheet or a cell of one is not read: one sentence a code."""

from __future__ import annotations

from ledger.i18n import mark
from ledger.sentences import learn

learn({
    "workbook_password": mark(
        "The file is locked with a password, so it cannot be read: open it, take the password off, save it and choose it again."),
    "workbook_old": mark("This is a workbook of an old or binary format (XLS, XLSB): open it and save it as XLSX, ODS or CSV."),
    "workbook_html": mark(
        "This is a web page under the name of a workbook: open it in a spreadsheet program and save it as XLSX, ODS or CSV."),
    "workbook_other": mark(
        "This is neither XLSX nor ODS, whatever the file's name says: save the table as XLSX, ODS or CSV and choose it again."),
    "workbook_broken": mark("The file is damaged or was not saved to its end: open it, save it again and choose it anew."),
    "workbook_macros": mark(
        "The file has macros, and files with programs in them are not read: save it as XLSX or ODS without macros, or as CSV."),
    "workbook_links": mark(
        "The file takes data from other files: put plain values in their place and save it again."),
    "workbook_entities": mark(
        "The file has declarations in it that no spreadsheet program writes, so it was not read: save the table anew as XLSX, ODS "
        "or CSV."),
    "workbook_too_large": mark(
        "Unpacked, the file is far larger than any table of a workshop, so it was not read: take out empty rows and columns and "
        "sheets that are not needed, or split it by months."),
    "workbook_sheets": mark("The file has more than %(most)s sheets: keep those that are needed."),
    "which_sheet": mark(
        "Several sheets have something in them: %(sheets)s. Name the one to be read “%(name)s”, or keep only that one."),
    "sheet_too_long": mark("The sheet has more than %(most)s rows or far too many cells, so it was not read: split it by months."),
    "sheet_too_wide": mark(
        "This row has something further to the right than the column %(most)s, so the sheet was not read: take out what is no part "
        "of the table."),
    "formula_not_worked_out": mark(
        "There is a formula here without its result: open the file in a spreadsheet program, save it and choose it again, or write "
        "the value itself."),
    "formula_error": mark("The formula here gives an error (%(text)s): correct it or write the value itself."),
    "merged_cell": mark(
        "This cell is merged with another, so it is not clear what stands in it: unmerge the cells and fill in each of them."),
    "digits_lost": mark(
        "The number %(text)s has more than 15 digits, and spreadsheets do not keep them all: make the cell a text and type it "
        "anew."),
})
