//! One named mistake a file, with the message that its author gets: see `cases/` and `tests/ui.rs`.
