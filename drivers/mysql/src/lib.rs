//! A connection to MySQL or MariaDB: log-in, statements and their results. It knows nothing of pools.
