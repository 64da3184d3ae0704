//! Tests of what only PostgreSQL has, in a project of its own: see `tests/`.
