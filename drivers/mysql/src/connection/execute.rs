//! Prepared statements.

use std::sync::Arc;

use super::{Connection, Done, Sink, read::Nothing, reply::Command};
use crate::{
    column::Columns,
    error::{Error, Result, ServerError},
    params::{self, Bind, BoxError, Params},
    protocol::command,
    statement::{Slot, Sql},
};

/// What the server says of a statement that it has prepared.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Prepared {
    /// The number of parameters.
    pub params: usize,
    /// The columns of its result; empty if it has none.
    pub columns: Arc<Columns>,
}

impl Connection {
    /// Runs a prepared statement, which is prepared first unless it is in the cache. Values come in the binary format.
    ///
    /// `bind` encodes the arguments, `count` of them.
    ///
    /// # Errors
    ///
    /// The server's error, that of `bind`, or that of the connection. If
    /// [`ServerError::is_not_preparable`](crate::ServerError::is_not_preparable), the statement has not run:
    /// [`Connection::query`] can.
    pub async fn execute(
        &mut self,
        sql: Sql<'_>,
        count: usize,
        bind: &mut (dyn FnMut(&mut Params<'_>) -> Result<(), BoxError> + Send),
        sink: &mut (dyn Sink + Send),
    ) -> Result<Done> {
        self.begin().await?;
        let slot = self.slot(sql).await?;
        self.write_execute(slot, count, bind)?;
        let result = self.run(sink).await;
        if let Err(Error::Server(error)) = &result
            && is_lost_statement(error)
        {
            return Box::pin(self.execute_again(sql, slot, count, bind, sink)).await;
        }
        result
    }

    /// The server does not know the statement any more, so it has not run.
    async fn execute_again(
        &mut self,
        sql: Sql<'_>,
        slot: Slot,
        count: usize,
        bind: Bind<'_>,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Done> {
        self.begin().await?;
        if let Some(id) = self.statements.remove(slot) {
            self.write_close(id);
        }
        let slot = self.slot(sql).await?;
        self.write_execute(slot, count, bind)?;
        self.run(sink).await
    }

    /// Prepares a statement and does not run it.
    ///
    /// # Errors
    ///
    /// The server's error, or that of the connection.
    pub async fn describe(&mut self, sql: Sql<'_>) -> Result<Prepared> {
        self.begin().await?;
        let slot = self.slot(sql).await?;
        let statement = self.statements.get(slot);
        Ok(Prepared { params: statement.params, columns: Arc::clone(&statement.columns) })
    }

    /// The statement in the cache, or prepares it.
    async fn slot(&mut self, sql: Sql<'_>) -> Result<Slot> {
        match self.statements.find(sql) {
            Some(slot) => Ok(slot),
            None => Box::pin(self.prepare(sql)).await,
        }
    }

    async fn prepare(&mut self, sql: Sql<'_>) -> Result<Slot> {
        match self.prepare_once(sql).await {
            // The server keeps no more prepared statements of all clients: this one gives up its own.
            Err(Error::Server(error)) if error.code == 1461 && self.statements.len() > 0 => {
                for id in self.statements.drain() {
                    self.write_close(id);
                }
                self.prepare_once(sql).await
            }
            result => result,
        }
    }

    async fn prepare_once(&mut self, sql: Sql<'_>) -> Result<Slot> {
        self.check_length(sql.as_str().len() + 1)?;
        let (slot, evicted) = self.statements.insert(sql);
        if let Some(id) = evicted {
            self.write_close(id);
        }
        let sequence = self.output.command(command::STMT_PREPARE, sql.as_str().as_bytes());
        self.expect(Command::Prepare(slot), sequence);
        self.run(&mut Nothing).await?;
        Ok(slot)
    }

    /// There is no reply to it: it travels with the next command.
    fn write_close(&mut self, id: u32) {
        self.output.command(command::STMT_CLOSE, &id.to_le_bytes());
    }

    fn write_execute(&mut self, slot: Slot, count: usize, bind: Bind<'_>) -> Result<()> {
        let statement = self.statements.get(slot);
        if statement.params != count {
            return Err(Error::ParameterCount { expected: statement.params, given: count });
        }
        let Some(id) = statement.id else {
            return Err(Error::protocol("a statement was not prepared"));
        };
        let begun = self.output.begin();
        let out = &mut self.output.bytes;
        let start = out.len();
        out.push(command::STMT_EXECUTE);
        out.extend_from_slice(&id.to_le_bytes());
        // No cursor, one execution.
        out.extend_from_slice(&[0, 1, 0, 0, 0]);
        if count > 0 {
            let bound = params::write(out, &mut self.types, statement.types.as_deref(), count, bind);
            let length = out.len() - start;
            if let Err(error) = bound.and_then(|()| self.check_length(length)) {
                self.output.discard(begun);
                return Err(error);
            }
            let statement = self.statements.get(slot);
            if statement.types.as_ref() != Some(&self.types) {
                statement.types.get_or_insert_default().clone_from(&self.types);
            }
        }
        let sequence = self.output.finish(begun, 0);
        self.expect(Command::Execute(slot), sequence);
        Ok(())
    }
}

/// Whether the server does not know the prepared statement, so that nothing has run: a proxy changed the connection, for example.
///
/// A procedure can fail with the same number, after it did something. The message names the command that failed.
fn is_lost_statement(error: &ServerError) -> bool {
    error.code == 1243 && ["mysqld_stmt_", "mysql_stmt_"].iter().any(|name| error.message.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_statement_that_has_not_run_is_run_again() {
        let error =
            |code, message: &str| ServerError { code, sqlstate: *b"HY000", message: message.to_owned() };
        // MariaDB and MySQL up to 8, then MySQL 9.
        for name in ["mysqld_stmt_execute", "mysql_stmt_precheck"] {
            let lost = format!("Unknown prepared statement handler (999) given to {name}");
            assert!(is_lost_statement(&error(1243, &lost)));
        }
        let inside = "Unknown prepared statement handler (s) given to EXECUTE";
        assert!(!is_lost_statement(&error(1243, inside)));
        assert!(!is_lost_statement(&error(1615, "Prepared statement needs to be re-prepared")));
    }
}
