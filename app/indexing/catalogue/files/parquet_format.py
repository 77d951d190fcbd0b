"""Parquet tables, read with pyarrow if it is installed."""

import importlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from app.indexing.catalogue.columns import check_columns, map_columns, shortened
from app.indexing.catalogue.rows import BadRow, CatalogueFile, FileOptions, Row
from app.indexing.errors import IndexingError


def parquet_table(path: Path, source: BinaryIO, options: FileOptions) -> CatalogueFile:
    """Open a Parquet file."""
    try:
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise IndexingError(f"{path} is Parquet, which needs pyarrow: pip install pyarrow") from None
    try:
        table = parquet.ParquetFile(source)
        columns = list(table.schema_arrow.names)
    except (OSError, ValueError) as error:  # pyarrow's own errors are ValueErrors and OSErrors
        raise _damaged(path, error) from None
    check_columns(str(path), columns, options.needed, options.columns)
    column_map = map_columns(tuple(columns), options.columns)
    binary = [field.name for field in table.schema_arrow if str(field.type).endswith("binary")]

    def rows() -> Iterator[Row | BadRow]:
        number = 0
        try:
            for batch in table.iter_batches(batch_size=1000, columns=list(column_map.used)):
                for values in batch.to_pylist():
                    number += 1
                    for name in binary:  # text, if the writer did not annotate it as such
                        if isinstance(value := values.get(name), bytes):
                            values[name] = value.decode("utf-8", "replace")
                    yield Row(number, values, column_map)
        except (OSError, ValueError) as error:
            raise _damaged(path, error) from None

    return CatalogueFile("Parquet", "film", rows(), Counter())


def _damaged(path: Path, error: Exception) -> IndexingError:
    return IndexingError(f"{path} is damaged ({shortened(str(error), 200)}): fetch it again")
