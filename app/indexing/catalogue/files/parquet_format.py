"""Parquet tables, read with pyarrow if it is installed."""

import importlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from app.indexing.catalogue.columns import KNOWN_COLUMNS, check_columns, column_name
from app.indexing.catalogue.rows import BadRow, CatalogueFile, Row, shortened
from app.indexing.errors import IndexingError


def parquet_rows(path: Path, source: BinaryIO) -> CatalogueFile:
    """Read a Parquet file."""
    try:
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise IndexingError(f"{path} is Parquet, which needs pyarrow: pip install pyarrow") from None
    try:
        table = parquet.ParquetFile(source)
        columns = {column: column_name(column) for column in table.schema_arrow.names}
    except (OSError, ValueError) as error:  # pyarrow's own errors are ValueErrors and OSErrors
        raise IndexingError(f"{path} is damaged ({shortened(str(error), 200)}): fetch it again") from None
    check_columns(str(path), list(columns.values()))
    used = [column for column, known in columns.items() if known in KNOWN_COLUMNS]

    def rows() -> Iterator[Row | BadRow]:
        number = 0
        try:
            for batch in table.iter_batches(batch_size=1000, columns=used):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(number, {columns[column]: value for column, value in values.items()})
        except (OSError, ValueError) as error:
            raise IndexingError(f"{path} is damaged ({shortened(str(error), 200)}): fetch it again") from None

    return CatalogueFile("Parquet", "film", rows(), Counter())
