//! What the servers have built in: types, operators, functions and casts, as tables.
