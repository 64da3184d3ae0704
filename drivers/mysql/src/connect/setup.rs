//! Sets the session up, in one round trip after the log-in.

use crate::{
    config::Config,
    connection::{Connection, Sink},
    error::{Error, Result},
    protocol::message::End,
    row::{Flow, Row},
};

/// The error for a variable that the server does not have.
const UNKNOWN_VARIABLE: u16 = 1193;

/// Sets up a new connection, and asks what tells this server from others and how long a command may be.
pub(super) async fn first(connection: &mut Connection) -> Result<()> {
    let unique = if connection.server().mariadb { "" } else { ", @@server_uuid" };
    let ask = format!("select @@max_allowed_packet, @@hostname, @@port, @@server_id{unique}");
    let mut facts = Facts::default();
    if connection.accepts_scripts() {
        run(connection, &format!(";{ask}"), &mut facts).await?;
    } else {
        run(connection, "", &mut Facts::default()).await?;
        match connection.query(&ask, &mut facts).await {
            Ok(_) | Err(Error::Server(_)) => {}
            Err(error) => return Err(error),
        }
    }
    connection.identify(facts.fingerprint, facts.longest);
    Ok(())
}

/// Sets up a connection that was reset.
pub(crate) async fn again(connection: &mut Connection) -> Result<()> {
    run(connection, "", &mut Facts::default()).await
}

/// UTC, the character set, and what the server reports of the session's changes; then another statement.
async fn run(connection: &mut Connection, then: &str, facts: &mut Facts) -> Result<()> {
    let config = connection.config();
    let mut set = format!("set time_zone = '+00:00', names {}", config.charset);
    if let Some(collation) = &config.collation {
        set.push_str(" collate ");
        set.push_str(collation);
    }
    set.push_str(&limits(config, connection.server().mariadb));
    let mut attempts = vec![format!("{set}{then}")];
    if connection.tracks() {
        let track = "session_track_state_change = 1, session_track_transaction_info = 'STATE'";
        attempts.push(format!("{set}, {track}{then}"));
    }
    while let Some(sql) = attempts.pop() {
        match connection.query(&sql, facts).await {
            // Some proxies say that they track the session, and cannot.
            Err(Error::Server(error)) if error.code == UNKNOWN_VARIABLE && !facts.is_set_up => {}
            // A server or proxy that does not say who it is still serves.
            Err(Error::Server(_)) if facts.is_set_up => return Ok(()),
            result => return result.map(|_| ()),
        }
    }
    Err(Error::protocol("the server rejected the session's time zone or character set"))
}

/// The server's own time limits. MariaDB counts seconds, with fractions for statements; MySQL counts milliseconds for them.
fn limits(config: &Config, mariadb: bool) -> String {
    let mut set = String::new();
    if let Some(time) = config.statement_timeout {
        set += &match mariadb {
            true => format!(", max_statement_time = {:.6}", time.as_secs_f64().max(1e-6)),
            false => format!(", max_execution_time = {}", time.as_millis().clamp(1, u32::MAX.into())),
        };
    }
    if let Some(time) = config.lock_timeout {
        // The first is for rows, the second for tables that are altered.
        let seconds = time.as_millis().div_ceil(1000).clamp(1, 31_536_000);
        set += &format!(", innodb_lock_wait_timeout = {seconds}, lock_wait_timeout = {seconds}");
    }
    set
}

/// What a server says of itself.
#[derive(Default)]
struct Facts {
    is_set_up: bool,
    fingerprint: Option<String>,
    longest: Option<usize>,
}

impl Sink for Facts {
    fn row(&mut self, row: Row<'_>) -> Flow {
        let text = |index| row.get(index).map(String::from_utf8_lossy);
        self.longest = text(0).and_then(|text| text.parse().ok());
        let parts: Vec<_> = (1..row.len()).filter_map(text).collect();
        self.fingerprint = Some(parts.join("/"));
        Flow::Continue
    }

    fn end(&mut self, _: &End) {
        self.is_set_up = true;
    }
}
