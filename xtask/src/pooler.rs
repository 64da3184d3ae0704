//! The part of the suite that can work behind a pooler in transaction mode, through each of the PgBouncers.

use anyhow::{Context, Result};

use crate::{cargo, servers::Servers, test::CASES};

/// The variables of the poolers.
const POOLERS: [&str; 2] = ["AIO_DATABASES_PGBOUNCER_URL", "AIO_DATABASES_PGBOUNCER_PREPARED_URL"];

/// The tests that run behind poolers, beside [`CASES`].
const OTHERS: [&str; 5] = ["lost", "migrate", "replicas", "tracing", "types"];

/// Tests that need a session of their own, or the server itself, and why.
const NOT_POOLED: [&str; 24] = [
    // The same session again, or its number.
    "guards::a_guard_is_one_connection",
    "guards::one_query_after_the_other_uses_one_connection",
    "guards::a_connection_that_the_server_closed_is_not_handed_out",
    "clean::ordinary_work_resets_nothing",
    // A pooler keeps settings for its client.
    "clean::what_only_the_server_shows_is_undone",
    // Temporary tables and settings of the session.
    "init::a_panic_in_it_takes_no_place_of_the_pool",
    "init::it_runs_on_each_new_connection",
    "init::the_database_inside_of_it_is_the_connection",
    "scopes::a_connection_follows_the_task",
    "scopes::disconnecting_inside_is_safe",
    "scopes::without_a_pool_a_scope_has_one_connection",
    "scripts::settings_end_with_their_script",
    "a_guard_is_one_connection::",
    "connection_scopes_nest::",
    "joined_scopes_have_connections_of_their_own::",
    // What sqlx sets at the start is not accepted.
    "a_changed_file_is_told_by_both::",
    "sqlx",
    // Backends of their own, and the poolers themselves.
    "sqlite",
    "in_place",
    "locks",
    "pooler",
    // It compares the pooler with the server itself.
    "round_trips",
    // A pooler does not listen, which the message says.
    "only_postgres_has_notifications",
    // The server's own list of prepared statements.
    "postgres_has_one_statement_for_all_rows",
];

/// Tests whose runtime can end while a statement is being cancelled. PgBouncer 1.18 then sometimes ends, too ("bad client state").
const NOT_ON_OLD: [&str; 3] = ["cancel", "timeouts", "a_cancelled_query"];

/// Runs the tests through each pooler that was started. Returns whether they passed, and what was tested.
pub(crate) fn run(servers: &Servers) -> Result<(bool, Vec<String>)> {
    let mut passed = true;
    let mut said = Vec::new();
    for variable in POOLERS {
        let Some((_, url)) = servers.variables().find(|(name, _)| *name == variable) else { continue };
        let old: &[&str] = if variable == POOLERS[0] { &NOT_ON_OLD } else { &[] };
        let cases = [&CASES[..], &OTHERS].concat();
        for (targets, filter) in [(&["it"][..], None), (&cases, Some("::postgres"))] {
            // All packages are named, so that they are not built with other features.
            let status = cargo()
                .args(["test", "--workspace", "--all-features", "--no-fail-fast"])
                .args(targets.iter().flat_map(|target| ["--test", target]))
                .arg("--")
                .args(filter)
                .args(NOT_POOLED.iter().chain(old).flat_map(|test| ["--skip", test]))
                .env("AIO_DATABASES_POSTGRES_URL", format!("{url}?pooler=transaction"))
                .env_remove("AIO_DATABASES_MYSQL_URL")
                .status()
                .context("running cargo test")?;
            passed &= status.success();
        }
        said.push(format!("xtask:   tested through the pooler of {variable}"));
    }
    Ok((passed, said))
}
