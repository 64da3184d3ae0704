//! Damaged replies of real servers: see `tests/damage`.
