//! What a program does with a database, and what it must see.

use aio_databases::{Database, Result, Trusted, execute, executemany, fetchall, fetchone, fetchval, iterate};
use futures_util::TryStreamExt as _;

use crate::goods::{COUNT, Good, Wrong, compare};

/// The kinds of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// A row by its key.
    One,
    /// Some rows, by their keys.
    All,
    /// A stream of all rows.
    Stream,
    /// A stream that is dropped midway, and a query after it on the same connection.
    Dropped,
    /// The same rows by SQL that is known only at run time.
    Dynamic,
    /// A change in a transaction.
    Change,
    /// Many in one.
    Many,
    /// A transaction that is rolled back, with a savepoint in it.
    RolledBack,
    /// An error of the server's, and a query after it.
    Refused,
}

const OPERATIONS: [Operation; 9] = [
    Operation::One,
    Operation::All,
    Operation::Stream,
    Operation::Dropped,
    Operation::Dynamic,
    Operation::Change,
    Operation::Many,
    Operation::RolledBack,
    Operation::Refused,
];

/// What one came to: nothing was wrong, or something was.
pub(crate) type Outcome = Result<std::result::Result<(), Wrong>>;

macro_rules! goods {
    ($rows:expr) => {
        $rows
            .into_iter()
            .map(|row| Good { id: row.id, name: row.name, amount: row.amount, checksum: row.checksum })
            .collect::<Vec<_>>()
    };
}

/// One operation of a round: its `line` is a number that no other of the round has.
pub(crate) struct Step {
    pub(crate) operation: Operation,
    pub(crate) round: i64,
    pub(crate) line: i64,
    key: i64,
}

impl Step {
    pub(crate) fn random(round: i64, line: i64, random: &mut fastrand::Rng) -> Self {
        Self::of(OPERATIONS[random.usize(..OPERATIONS.len())], round, line, random)
    }

    /// One of each kind.
    pub(crate) fn each(round: i64, random: &mut fastrand::Rng) -> Vec<Self> {
        (0..).zip(OPERATIONS).map(|(line, operation)| Self::of(operation, round, line, random)).collect()
    }

    fn of(operation: Operation, round: i64, line: i64, random: &mut fastrand::Rng) -> Self {
        Step { operation, round, line: line * 100, key: random.i64(1..=COUNT - 60) }
    }

    /// The lines that it leaves in `changes` if all goes well.
    pub(crate) fn lines(&self) -> std::ops::Range<i64> {
        match self.operation {
            Operation::Change => self.line..self.line + 1,
            Operation::Many => self.line..self.line + 20,
            _ => self.line..self.line,
        }
    }

    pub(crate) async fn run(&self, db: &Database) -> Outcome {
        match self.operation {
            Operation::One => one(db, self.key).await,
            Operation::All => self.all(db).await,
            Operation::Stream => stream(db).await,
            Operation::Dropped => self.dropped(db).await,
            Operation::Dynamic => self.dynamic(db).await,
            Operation::Change => self.change(db).await,
            Operation::Many => self.many(db).await,
            Operation::RolledBack => self.rolled_back(db).await,
            Operation::Refused => self.refused(db).await,
        }
    }

    async fn all(&self, db: &Database) -> Outcome {
        let (first, last) = (self.key, self.key + 50);
        let rows = fetchall!(
            db,
            "select id, name, amount, checksum from goods where id between {first} and {last} order by id"
        )
        .await?;
        Ok(compare(&goods!(rows), first..=last))
    }

    async fn dropped(&self, db: &Database) -> Outcome {
        let conn = db.connection().await?;
        {
            let rows = iterate!(conn, "select id, name, amount, checksum from goods order by id");
            let mut rows = std::pin::pin!(rows);
            let mut first = Vec::new();
            while first.len() < 5
                && let Some(row) = rows.try_next().await?
            {
                first.push(row);
            }
            // It may end with an error yet, and what was read of it is then not known to be right.
            if compare(&goods!(first), 1..=5) == Err(Wrong::Row) {
                return Ok(Err(Wrong::Row));
            }
        }
        let key = self.key;
        let row = fetchone!(conn, "select id, name, amount, checksum from goods where id = {key}").await?;
        Ok(compare(&goods!(row), [key]))
    }

    async fn dynamic(&self, db: &Database) -> Outcome {
        let sql = "select id, name, amount, checksum from goods where id <= $1 order by id";
        let rows = db.fetchall(Trusted(sql.to_owned()), (self.key,)).await?;
        let mut goods = Vec::new();
        for row in &rows {
            goods.push(Good {
                id: row.get(0)?,
                name: row.get(1)?,
                amount: row.get(2)?,
                checksum: row.get(3)?,
            });
        }
        Ok(compare(&goods, 1..=self.key))
    }

    async fn change(&self, db: &Database) -> Outcome {
        let tx = db.transaction().await?;
        let Step { round, line, .. } = *self;
        let done = execute!(tx, "insert into changes (round, line) values ({round}, {line})").await?;
        let there =
            fetchval!(tx, "select count(*) from changes where round = {round} and line = {line}").await?;
        tx.commit().await?;
        Ok(if (done.rows_affected, there) == (1, 1) { Ok(()) } else { Err(Wrong::Value) })
    }

    async fn many(&self, db: &Database) -> Outcome {
        let rows = self.lines().map(|line| (self.round, line));
        let done = executemany!(db, "insert into changes (round, line) values ($1, $2)", rows).await?;
        Ok(if done.rows_affected == 20 { Ok(()) } else { Err(Wrong::Value) })
    }

    async fn rolled_back(&self, db: &Database) -> Outcome {
        let mut tx = db.transaction().await?;
        let Step { round, line, .. } = *self;
        execute!(tx, "insert into changes (round, line) values ({round}, {line})").await?;
        let inner = tx.transaction().await?;
        execute!(inner, "delete from changes where round = {round} and line = {line}").await?;
        inner.rollback().await?;
        let there =
            fetchval!(tx, "select count(*) from changes where round = {round} and line = {line}").await?;
        tx.rollback().await?;
        Ok(if there == 1 { Ok(()) } else { Err(Wrong::Value) })
    }

    async fn refused(&self, db: &Database) -> Outcome {
        match execute!(db, "insert into goods (id, name, amount, checksum) values (1, '', 0, 0)").await {
            // The key is there already.
            Ok(_) => return Ok(Err(Wrong::Row)),
            Err(error) if error.code().is_some() => {}
            Err(error) => return Err(error),
        }
        one(db, self.key).await
    }
}

/// A row by its key.
pub(crate) async fn one(db: &Database, key: i64) -> Outcome {
    let row = fetchone!(db, "select id, name, amount, checksum from goods where id = {key}").await?;
    Ok(compare(&goods!(row), [key]))
}

async fn stream(db: &Database) -> Outcome {
    let rows = iterate!(db, "select id, name, amount, checksum from goods order by id");
    let rows: Vec<_> = rows.try_collect().await?;
    Ok(compare(&goods!(rows), 1..=COUNT))
}
