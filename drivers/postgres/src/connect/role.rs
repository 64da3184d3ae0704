//! Whether a server has the role that is wanted (`target_session_attrs`).

use std::ops::ControlFlow;

use crate::{Column, ConnectError, ConnectProblem, Connection, Done, Results, Row, TargetSession};

/// A role that a server can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
}

impl From<TargetSession> for Role {
    fn from(target: TargetSession) -> Role {
        match target {
            // Standbys are tried before that.
            TargetSession::Any | TargetSession::PreferStandby => Role::Any,
            TargetSession::ReadWrite => Role::ReadWrite,
            TargetSession::ReadOnly => Role::ReadOnly,
            TargetSession::Primary => Role::Primary,
            TargetSession::Standby => Role::Standby,
        }
    }
}

/// Whether a standby answers, and whether transactions only read by default.
struct Facts {
    is_standby: bool,
    is_read_only: bool,
}

impl Role {
    /// Fails if the server has another role.
    pub(super) async fn check(self, connection: &mut Connection) -> Result<(), ConnectError> {
        if self == Role::Any {
            return Ok(());
        }
        let facts = facts(connection).await?;
        let read_only = facts.is_read_only || facts.is_standby;
        let (fits, wanted) = match self {
            Role::Any => return Ok(()),
            Role::ReadWrite => (!read_only, "read and write"),
            Role::ReadOnly => (read_only, "only read"),
            Role::Primary => (!facts.is_standby, "be a primary"),
            Role::Standby => (facts.is_standby, "be a standby"),
        };
        match fits {
            true => Ok(()),
            false => Err(ConnectError::message(
                ConnectProblem::WrongRole,
                format!("the session should {wanted}, and this server's does not"),
            )),
        }
    }
}

/// Servers report both since PostgreSQL 14. Older ones, and some poolers, are asked.
async fn facts(connection: &mut Connection) -> Result<Facts, ConnectError> {
    let reported = |name| connection.parameter(name).map(|value| value == "on");
    if let (Some(is_standby), Some(is_read_only)) =
        (reported("in_hot_standby"), reported("default_transaction_read_only"))
    {
        return Ok(Facts { is_standby, is_read_only });
    }
    let mut answers = Answers(Vec::new());
    connection
        .simple("select pg_catalog.pg_is_in_recovery(); show transaction_read_only", &mut answers)
        .await?;
    let is = |index: usize| answers.0.get(index).is_some_and(|value| matches!(&**value, b"t" | b"on"));
    Ok(Facts { is_standby: is(0), is_read_only: is(1) })
}

/// The first value of each row.
struct Answers(Vec<Vec<u8>>);

impl Results for Answers {
    fn columns(&mut self, _: &[Column]) {}

    fn row(&mut self, row: Row<'_>) -> ControlFlow<()> {
        self.0.push(row.iter().next().flatten().unwrap_or_default().to_vec());
        ControlFlow::Continue(())
    }

    fn done(&mut self, _: &Done) {}
}
