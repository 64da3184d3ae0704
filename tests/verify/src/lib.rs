//! Tests of `Database::verify`, in a program with few queries: see `tests/`.
