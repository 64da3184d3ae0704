//! Tests of what only MySQL and MariaDB have, in a project of its own: see `tests/`.
