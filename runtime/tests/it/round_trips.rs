//! How many round trips a statement takes on PostgreSQL.

use aio_databases::{
    __private::{Access, AnyRows, Dialect, Int8, Rows, Sql, Statement, arg, query},
    Database, Query,
};

use crate::{bench, proxy::Proxy};

const INT8: u32 = 20;

const fn statement(sql: &'static [Sql]) -> Statement {
    Statement { sql, access: Access::Read, rows: Rows::One, columns: &["n"], file: file!(), line: line!() }
}

const fn sql(text: &'static str, types: &'static [u32]) -> Sql {
    Sql { dialect: Dialect::Postgres, text, order: &[0], types, statements: &[] }
}

static WITH_TYPES: Statement = statement(&[sql("select $1::int8 + 1 as n", &[INT8])]);
static WITHOUT_TYPES: Statement = statement(&[sql("select $1::int8 + 2 as n", &[])]);

/// Runs a statement, and returns how often something was sent for it.
async fn sent(db: &Database, proxy: &Proxy, statement: &'static Statement) -> usize {
    let before = proxy.sent();
    let args = [arg::<Int8, _>(&5_i64)];
    let query: Query<i64, AnyRows> = query(statement, args, |row| row.get::<Int8, i64>(0));
    query.fetchone(db).await.unwrap().unwrap();
    proxy.sent() - before
}

/// A statement whose parameters' types are known is prepared and runs in one round trip. Behind a pooler it is prepared each time.
#[tokio::test]
async fn of_checked_statements() {
    let Some((_, url, _)) = bench::urls().into_iter().find(|(name, ..)| *name == "postgres") else { return };
    let (proxy, url) = Proxy::to(&url);
    for (options, expected) in [("", [1, 1, 2, 1]), ("?pooler=transaction", [1, 1, 2, 2])] {
        let db = Database::builder(format!("{url}{options}")).max_size(1).open().await.unwrap();
        // The first query can have to wait for the connection to be checked.
        db.execute("select 1", ()).await.unwrap();
        let mut found = Vec::new();
        for statement in [&WITH_TYPES, &WITH_TYPES, &WITHOUT_TYPES, &WITHOUT_TYPES] {
            found.push(sent(&db, &proxy, statement).await);
        }
        assert_eq!(found, expected, "{options}");
        db.disconnect().await.unwrap();
    }
}
