"""Files as the portals publish them -> cohorts. This room refuses to know filters and models.

The way of a file: `tables` and `matrices` turn any container (text, workbook, parquet) into named
columns; `expression`, `mutation`, `response` and `samples` know what the columns of each portal
mean; `lines` and `genes` give every identifier its one name; `sources` joins the files.
"""
