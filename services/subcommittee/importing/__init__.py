"""An office's own catalogue or register, read from its workbook and compared with what is on record. Pure, but for
opening a file and keeping what was answered about its columns."""
