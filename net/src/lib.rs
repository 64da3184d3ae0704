//! Byte streams, TLS, timers and tasks, on the async runtime that the program uses.
