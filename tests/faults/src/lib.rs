//! The tests of this package do harm to a database under load: see `tests/faults/main.rs`.
