//! How the run time is to compare with its peers.

use crate::{args::Backend, case::Outcome, table};

/// What is to be reached.
struct Bar {
    backend: Backend,
    case: &'static str,
    peer: &'static str,
    /// The most that the ratio of the medians may be.
    most: f64,
}

const fn bar(backend: Backend, case: &'static str, peer: &'static str, most: f64) -> Bar {
    Bar { backend, case, peer, most }
}

const THIS: &str = "this, database";

const BARS: [Bar; 11] = [
    bar(Backend::Postgres, "row by key", "tokio-postgres", 0.95),
    bar(Backend::Postgres, "1000 rows", "tokio-postgres", 0.85),
    bar(Backend::Postgres, "10000 rows", "tokio-postgres", 0.85),
    bar(Backend::Postgres, "insert one in a transaction", "tokio-postgres", 0.70),
    bar(Backend::Postgres, "stream 1000000 rows", "tokio-postgres", 1.0),
    bar(Backend::Postgres, "16 tasks by key", "sqlx, pool", 0.30),
    bar(Backend::Mysql, "row by key", "mysql_async", 1.0),
    bar(Backend::Mysql, "1000 rows", "mysql_async", 1.0),
    bar(Backend::Mysql, "insert one in a transaction", "mysql_async", 1.0),
    bar(Backend::Mysql, "stream 1000000 rows", "mysql_async", 1.1),
    bar(Backend::Sqlite, "stream 1000000 rows", "rusqlite, same thread", 1.3),
];

/// Prints those of the bars that were measured.
pub(crate) fn print(outcomes: &[(Backend, Outcome)]) {
    let mut rows = vec![["", "of", "bar", "measured", ""].map(str::to_owned).to_vec()];
    for bar in &BARS {
        let measured = |(backend, outcome): &(Backend, Outcome)| {
            let here = *backend == bar.backend && outcome.name == bar.case;
            here.then(|| Some(outcome.time(THIS)? / outcome.time(bar.peer)?)).flatten()
        };
        let Some(ratio) = outcomes.iter().find_map(measured) else { continue };
        rows.push(vec![
            format!("{}, {}", bar.backend, bar.case),
            bar.peer.to_owned(),
            format!("{:.2}", bar.most),
            format!("{ratio:.2}"),
            if ratio <= bar.most { "reached" } else { "missed" }.to_owned(),
        ]);
    }
    if rows.len() > 1 {
        println!("bars for \"{THIS}\": the most that its median may be of its peer's\n");
        println!("{}", table::columns(&rows));
    }
}
