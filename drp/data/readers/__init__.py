"""Files as the portals publish them -> cohorts. This room refuses to know filters and models.

The way of a file: `tables` and `matrices` turn any container (text, workbook, parquet) into named
columns; `expression`, `mutation`, `response`, `sequenced` and `annotation` know what the columns of
each portal mean; `lines`, `barcodes` and `gene_map` give every identifier its one name; `sources`
joins the files.
"""
