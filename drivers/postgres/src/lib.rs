//! A connection to PostgreSQL: start-up, queries, copies, notifications and cancelling. It knows nothing of pools.
