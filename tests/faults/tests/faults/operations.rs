//! What a task does: a transfer in one of the ways that there are, or a look at the accounts.

use std::panic::AssertUnwindSafe;

use aio_databases::{
    Backend, Database, Error, Executor, Isolation, ReadExecutor, Result, execute, executemany, fetchone,
    fetchval, iterate,
};
use futures_util::FutureExt as _;

use crate::bank::{ACCOUNTS, BALANCE};

/// The kinds of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A transfer in a transaction's guard.
    Guard,
    /// One in a scope.
    Scope,
    /// One in a savepoint's guard, beside another that is rolled back.
    NestedGuard,
    /// The same as scopes.
    NestedScope,
    /// A serializable one that is tried again.
    Retry,
    /// Many rows, or none.
    Many,
    /// A transfer that nobody commits.
    Abandoned,
    /// One that the server refuses half-way.
    Refused,
    /// One that panics half-way.
    Panics,
    /// The sum over all accounts.
    Sum,
    /// A stream that is dropped midway.
    Stream,
    /// The same on a connection that is used again at once.
    StreamOnGuard,
    /// Several queries that are joined.
    Joined,
    /// A query that is dropped, and another on the same connection.
    DropOnGuard,
    /// The sum, from a replica.
    Replica,
}

const KINDS: [Kind; 14] = [
    Kind::Guard,
    Kind::Scope,
    Kind::NestedGuard,
    Kind::NestedScope,
    Kind::Retry,
    Kind::Many,
    Kind::Abandoned,
    Kind::Refused,
    Kind::Panics,
    Kind::Sum,
    Kind::Stream,
    Kind::StreamOnGuard,
    Kind::Joined,
    Kind::DropOnGuard,
];

impl Kind {
    fn any(replicas: bool, random: &mut fastrand::Rng) -> Self {
        match replicas && random.u8(..3) == 0 {
            true => Kind::Replica,
            false => KINDS[random.usize(..KINDS.len())],
        }
    }

    /// Whether it leaves something behind where all goes well.
    pub(crate) fn keeps(self) -> bool {
        matches!(
            self,
            Kind::Guard | Kind::Scope | Kind::NestedGuard | Kind::NestedScope | Kind::Retry | Kind::Many
        )
    }

    /// Whether it changes anything, be it for a while.
    pub(crate) fn writes(self) -> bool {
        self.keeps() || matches!(self, Kind::Abandoned | Kind::Refused | Kind::Panics)
    }
}

/// Why an operation did not do what it should.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There was an error.
    Error(Error),
    /// An answer was wrong, which no fault excuses.
    Wrong(String),
    /// It is part of the operation.
    Planned,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Error(error)
    }
}

/// One operation: what is random of it, and a number that no other has.
pub(crate) struct Operation {
    pub(crate) kind: Kind,
    pub(crate) number: i64,
    source: i64,
    target: i64,
    amount: i64,
    /// How many rows, or how far.
    count: i64,
}

impl Operation {
    pub(crate) fn new(number: i64, replicas: bool, random: &mut fastrand::Rng) -> Self {
        let source = random.i64(1..=ACCOUNTS);
        let target = (source + random.i64(1..ACCOUNTS) - 1) % ACCOUNTS + 1;
        Operation {
            kind: Kind::any(replicas, random),
            number,
            source,
            target,
            amount: random.i64(1..=40),
            count: random.i64(1..=30),
        }
    }

    pub(crate) async fn run(&self, db: &Database) -> Result<(), Failure> {
        match self.kind {
            Kind::Guard => self.guard(db).await,
            Kind::Scope => db.transaction().run(self.transfer(db)).await,
            Kind::NestedGuard => self.nested_guard(db).await,
            Kind::NestedScope => self.nested_scope(db).await,
            Kind::Retry => self.retry(db).await,
            Kind::Many => self.many(db).await,
            Kind::Abandoned => self.abandoned(db).await,
            Kind::Refused => self.refused(db).await,
            Kind::Panics => self.panics(db).await,
            Kind::Sum => sum(db).await,
            Kind::Stream => self.stream(db).await,
            Kind::StreamOnGuard => self.stream_on_guard(db).await,
            Kind::Joined => self.joined(db).await,
            Kind::DropOnGuard => self.drop_on_guard(db).await,
            Kind::Replica => self.replica(db).await,
        }
    }

    async fn transfer(&self, on: &impl Executor) -> Result<(), Failure> {
        let Operation { number, source, target, amount, .. } = *self;
        execute!(on, "update accounts set balance = balance - {amount} where id = {source}").await?;
        execute!(on, "update accounts set balance = balance + {amount} where id = {target}").await?;
        execute!(on, "insert into transfers (number, source, target, amount) values ({number}, {source}, {target}, {amount})")
            .await?;
        Ok(())
    }

    /// Half of a transfer, which must not stay.
    async fn half(&self, on: &impl Executor) -> Result<(), Failure> {
        let Operation { target, amount, .. } = *self;
        execute!(on, "update accounts set balance = balance + {amount} where id = {target}").await?;
        Ok(())
    }

    async fn guard(&self, db: &Database) -> Result<(), Failure> {
        let tx = db.transaction().await?;
        self.transfer(&tx).await?;
        Ok(tx.commit().await?)
    }

    async fn nested_guard(&self, db: &Database) -> Result<(), Failure> {
        let mut connection = db.connection().await?;
        let mut tx = connection.transaction().await?;
        let inner = tx.transaction().await?;
        self.half(&inner).await?;
        match self.count % 2 {
            0 => inner.rollback().await?,
            _ => drop(inner),
        }
        let inner = tx.transaction().await?;
        self.transfer(&inner).await?;
        inner.commit().await?;
        Ok(tx.commit().await?)
    }

    async fn nested_scope(&self, db: &Database) -> Result<(), Failure> {
        db.transaction()
            .run(async {
                let inner = db.transaction().run(async {
                    self.half(db).await?;
                    Err::<(), _>(Failure::Planned)
                });
                match inner.await {
                    Err(Failure::Planned) => {}
                    other => return other,
                }
                db.transaction().run(self.transfer(db)).await
            })
            .await
    }

    async fn retry(&self, db: &Database) -> Result<(), Failure> {
        db.transaction().isolation(Isolation::Serializable).retry(8, || self.transfer(db)).await
    }

    async fn many(&self, db: &Database) -> Result<(), Failure> {
        let rows = (1..=self.count).map(|line| (self.number, line, self.count));
        executemany!(db, "insert into batches (batch, line, size) values ($1, $2, $3)", rows).await?;
        Ok(())
    }

    async fn abandoned(&self, db: &Database) -> Result<(), Failure> {
        let tx = db.transaction().await?;
        self.transfer(&tx).await?;
        match self.count % 2 {
            0 => drop(tx),
            _ => tx.rollback().await?,
        }
        Ok(())
    }

    async fn refused(&self, db: &Database) -> Result<(), Failure> {
        let refused = db.transaction().run(async {
            self.transfer(db).await?;
            let (source, more) = (self.source, ACCOUNTS * BALANCE);
            execute!(db, "update accounts set balance = balance - {more} where id = {source}").await?;
            Ok(())
        });
        match refused.await {
            Err(Failure::Error(error)) if error.is_check_violation() => Ok(()),
            Ok(()) => Err(Failure::Wrong("an account has less than nothing".to_owned())),
            other => other,
        }
    }

    async fn panics(&self, db: &Database) -> Result<(), Failure> {
        let panics = db.transaction().run(async {
            self.transfer(db).await?;
            // Nothing is printed.
            std::panic::resume_unwind(Box::new("planned"))
        });
        match AssertUnwindSafe(panics).catch_unwind().await {
            Ok(result) => result,
            Err(_) => Ok(()),
        }
    }

    async fn stream(&self, db: &Database) -> Result<(), Failure> {
        let rows = iterate!(
            db,
            "select a.id, b.number from accounts a cross join transfers b where a.id > 0 order by a.id"
        );
        let mut rows = std::pin::pin!(rows);
        for _ in 0..self.count {
            match rows.try_next().await? {
                Some(row) if row.id >= 1 && row.id <= ACCOUNTS => {}
                Some(row) => return Err(Failure::Wrong(format!("a row of account {}", row.id))),
                None => break,
            }
        }
        Ok(())
    }

    async fn stream_on_guard(&self, db: &Database) -> Result<(), Failure> {
        let connection = db.connection().await?;
        let mut rows = iterate!(connection, "select id from accounts order by id");
        for expected in 1..=self.count.min(ACCOUNTS) {
            let id = rows.try_next().await?.map(|row| row.id);
            if id != Some(expected) {
                return Err(Failure::Wrong(format!("{id:?} for account {expected}")));
            }
        }
        drop(rows);
        self.echo(&connection).await
    }

    async fn joined(&self, db: &Database) -> Result<(), Failure> {
        db.connection()
            .run(async {
                let (first, second, third) = tokio::join!(self.echo(db), sum(db), self.echo(db));
                first.and(second).and(third)
            })
            .await
    }

    async fn drop_on_guard(&self, db: &Database) -> Result<(), Failure> {
        let connection = db.connection().await?;
        drop(crate::drop_after::DropAfter::new(sum(&connection), (self.count % 4) as u32).await);
        match self.echo(&connection).await {
            // As it is documented.
            Err(Failure::Error(Error::Interrupted { .. })) => Ok(()),
            other => other,
        }
    }

    async fn replica(&self, db: &Database) -> Result<(), Failure> {
        match self.count % 2 {
            0 => sum(&db.replica().await?).await,
            _ => db.replica().run(sum(db)).await,
        }
    }

    /// Asks for what only this operation's answer can be.
    async fn echo(&self, on: &impl Executor) -> Result<(), Failure> {
        let number = self.number;
        let row = fetchone!(
            on,
            { mysql: "select cast({number} as signed) as number", _: "select cast({number} as bigint) as number" }
        );
        match row.await?.number {
            back if back == number => Ok(()),
            back => Err(Failure::Wrong(format!("the answer to {number} is {back:?}"))),
        }
    }
}

/// The sum over all accounts is always the same.
async fn sum(on: &impl ReadExecutor) -> Result<(), Failure> {
    let sum = fetchval!(
        on,
        { mysql: "select cast(sum(balance) as signed) from accounts", _: "select cast(sum(balance) as bigint) from accounts" }
    );
    match sum.await? {
        Some(sum) if sum == ACCOUNTS * BALANCE => Ok(()),
        other => Err(Failure::Wrong(format!("the sum over all accounts is {other:?}"))),
    }
}

/// Whether a server says that transactions ran into each other, or an account has not enough: that is part of the load.
pub(crate) fn is_of_load(error: &Error, backend: Backend) -> bool {
    error.is_check_violation() || backend != Backend::Sqlite && error.is_serialization_failure()
}
