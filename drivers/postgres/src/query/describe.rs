//! What a statement's parameters and columns are, without running it.

use crate::{
    Connection, Query, Result, Statement,
    wire::{
        frontend::{self, Target},
        tag,
    },
};

impl Connection {
    /// Asks the server what a statement's parameters and columns are. The statement does not run and is not kept.
    ///
    /// # Errors
    ///
    /// The server's, for example if the statement is wrong; or if the connection fails.
    pub async fn describe(&mut self, query: &Query<'_>) -> Result<Statement> {
        self.ready()?;
        frontend::parse(&mut self.output, "", query.sql.as_str(), query.types.unwrap_or_default())
            .inspect_err(|_| self.output.clear())?;
        frontend::describe(&mut self.output, Target::Statement, "")?;
        self.sync();
        let result = self.read_described(query).await;
        if result.is_err() {
            // If that fails, the connection is broken. The first error says more.
            let _ = self.settle().await;
        }
        result
    }

    async fn read_described(&mut self, query: &Query<'_>) -> Result<Statement> {
        self.expect(tag::PARSE_COMPLETE).await?;
        let statement = self.read_description(Box::default(), query).await?;
        self.expect(tag::READY_FOR_QUERY).await?;
        Ok(statement)
    }
}
