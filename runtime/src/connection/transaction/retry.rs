//! Trying a transaction again that ran into others.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

use super::TransactionBuilder;
use crate::{Error, Result, connection::scope, pool::lease::Opener};

/// How long is waited before the second attempt, at least; twice as long before each that follows.
const FIRST: Duration = Duration::from_millis(5);

/// How long is waited at most.
const LONGEST: Duration = Duration::from_secs(1);

impl<On> TransactionBuilder<'_, On> {
    /// As [`run`](TransactionBuilder::run), and again if the transaction ran into others (a serialization failure or a deadlock:
    /// [`Error::is_serialization_failure`]): up to `attempts` times in all, with a growing pause between them. What is run
    /// must do the same each time: beside what it does in the database, it should do nothing.
    ///
    /// In another transaction there is but one attempt: it is the outer one that must be tried again.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aio_databases::Result<()> {
    /// use aio_databases::{Database, Error, Isolation};
    ///
    /// # let db = Database::open("sqlite::memory:").await?;
    /// # db.execute("create table accounts (id integer, total integer)", ()).await?;
    /// db.transaction()
    ///     .isolation(Isolation::Serializable)
    ///     .retry(5, async || {
    ///         db.execute("update accounts set total = total - 10 where id = 1", ()).await?;
    ///         db.execute("update accounts set total = total + 10 where id = 2", ()).await?;
    ///         Ok::<_, Error>(())
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the last attempt.
    // Not `AsyncFnMut`: a future that calls one can't be spawned where it borrows from the task's own variables.
    pub async fn retry<T, E: From<Error>, F: Future<Output = Result<T, E>>>(
        self,
        attempts: u32,
        mut run: impl FnMut() -> F,
    ) -> Result<T, E> {
        let mut attempt = 1;
        loop {
            let level = match self.begin(Opener::Scope).await {
                Ok(level) => level,
                Err(error) if attempt < attempts && error.is_serialization_failure() => {
                    pause(attempt).await;
                    attempt += 1;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let last = attempt >= attempts || level.is_nested();
            let error = match scope::within(level.held(), Some(&level), run()).await {
                Ok(value) => match level.end(true).await {
                    Ok(()) => return Ok(value),
                    Err(error) if last || !error.is_serialization_failure() => return Err(error.into()),
                    Err(_) => None,
                },
                // The error may be of any type: the connection knows what the server said.
                Err(error) => {
                    let may_succeed = level.end_for_retry().await;
                    (last || !may_succeed).then_some(error)
                }
            };
            if let Some(error) = error {
                return Err(error);
            }
            pause(attempt).await;
            attempt += 1;
        }
    }
}

/// Waits, and not as long as the others that ran into each other.
async fn pause(attempt: u32) {
    let longest = FIRST.saturating_mul(1 << attempt.min(10)).min(LONGEST);
    let share = RandomState::new().build_hasher().finish() % 1_000;
    tokio::time::sleep(longest / 2 + longest.mul_f64(share as f64 / 2_000.0)).await;
}
