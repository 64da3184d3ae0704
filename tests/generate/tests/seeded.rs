//! The part of the random checks that always runs: fixed seeds.

use std::time::Duration;

use aio_databases_generate::run::{Options, run};
use aio_databases_sql::Dialect;

fn check(dialect: Dialect) {
    let options = Options {
        dialect,
        seed: 1,
        count: 600,
        failures: 10,
        // On a slow machine there are fewer.
        time: Some(Duration::from_secs(20)),
        refused: false,
        verbose: false,
        jobs: 1,
    };
    let Some(report) = run(&options).unwrap_or_else(|error| panic!("{error:#}")) else { return };
    println!("{report}");
    assert!(report.unsound() == 0, "{} wrong answers, printed above\n{report}", report.unsound());
    // A query that only the server rejects isn't a wrong answer, but it should be rare.
    assert!(report.refused() * 5 <= report.queries, "too much is taken that the server refuses:\n{report}");
    // One whose queries are refused checks nothing.
    assert!(report.taken * 10 >= report.queries * 6, "too few queries are taken:\n{}", report.details(20));
    assert!(report.answered * 2 >= report.taken, "too few have a full answer:\n{}", report.details(20));
    assert!(report.gave_rows * 5 >= report.taken, "too few give rows:\n{report}");
}

#[test]
fn sqlite() {
    check(Dialect::Sqlite);
}

#[test]
fn postgres() {
    check(Dialect::Postgres);
}

#[test]
fn mariadb() {
    check(Dialect::Mysql);
}
