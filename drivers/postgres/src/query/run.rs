//! Runs steps: their messages travel together, before one `Sync`.

use std::sync::Arc;

use super::{
    rows::End,
    step::{Done, Sent, Step},
};
use crate::{
    Connection, Error, Query, Result, Statement, TransactionStatus, statement,
    wire::{
        backend,
        frontend::{self, Target},
        tag,
    },
};

/// How much of a batch is sent before its answers are read.
const CHUNK: usize = 64 * 1024;

impl Connection {
    /// Runs statements, one after the other, in as few round trips as possible.
    ///
    /// If one fails, those after it do not run; unless a transaction is open, those before it do not count either.
    /// [`Step::done`] tells how far each came.
    ///
    /// All messages travel before one `Sync`. A statement whose parameters' types are not known takes another round
    /// trip when it is prepared.
    ///
    /// If the server does not have a prepared statement any more, or its result would have other columns, it is prepared
    /// again, where nothing can have run and no transaction was open before.
    ///
    /// A `copy` is not supported here: a `copy … from stdin` that is followed by other steps breaks the connection.
    ///
    /// # Errors
    ///
    /// The server's, of the step that failed; or if a parameter cannot be encoded, or the connection fails.
    pub async fn run(&mut self, steps: &mut [Step<'_>]) -> Result<()> {
        self.ready()?;
        let status = self.transaction_status();
        let error = match self.attempt(steps, None).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        self.after_failure(steps, status, error).await?;
        let result = self.attempt(steps, None).await;
        if result.is_err() {
            // If that fails, the connection is broken. The first error says more.
            let _ = self.settle().await;
        }
        result
    }

    /// Brings the connection back into order after a failed attempt. `Ok` means that another one is safe and may
    /// succeed.
    pub(crate) async fn after_failure(
        &mut self,
        steps: &mut [Step<'_>],
        status: TransactionStatus,
        error: Error,
    ) -> Result<()> {
        // If that fails, the connection is broken. The first error says more.
        let settled = self.settle().await;
        let is_stale = self.forget_stale(steps, &error);
        if settled.is_err() || !is_stale || status != TransactionStatus::Idle {
            return Err(error);
        }
        // What has run is what opened it.
        let is_open = self.transaction_status() != TransactionStatus::Idle;
        if is_open && Box::pin(self.simple("rollback", &mut ())).await.is_err() {
            return Err(error);
        }
        Ok(())
    }

    /// Forgets the statement that failed, if the server does not have it as it is known here. Returns whether it was
    /// that, and nothing has run that must not run again.
    fn forget_stale(&mut self, steps: &[Step<'_>], error: &Error) -> bool {
        let failed = steps.iter().position(|step| step.done.runs < step.params.runs);
        let Some((step, before)) = failed.and_then(|failed| steps[..=failed].split_last()) else {
            return false;
        };
        if !step.sent.cached || step.sent.bound || !may_be_stale(error) {
            return false;
        }
        // Where one is missing, the others may be, too: a pooler has another session now.
        let missing = if error.code() == Some("26000") { steps } else { std::slice::from_ref(step) };
        for statement in missing.iter().filter_map(|step| step.statement.as_ref()) {
            self.statements.remove(&statement.name);
        }
        before.iter().all(|step| step.repeatable)
    }

    /// Sends all steps and reads their answers. With `portal`, the last step's rows are limited and left to be read, and
    /// the group is left open.
    pub(crate) async fn attempt(&mut self, steps: &mut [Step<'_>], portal: Option<u32>) -> Result<()> {
        let last = steps.len().saturating_sub(1);
        let in_group = last > 0;
        steps.iter_mut().for_each(|step| step.in_group = in_group);
        let mut unsent = true;
        for index in 0..steps.len() {
            let mut next = self.send_prepare(&mut steps[index]);
            if next.is_ok() && steps[index].must_be_described() {
                unsent = false;
                frontend::flush(&mut self.output);
                self.read_all(&mut steps[..=index]).await?;
            }
            let limit = portal.filter(|_| index == last);
            for run in 0..steps[index].params.runs {
                next = next.and_then(|()| self.send_run(&mut steps[index], run, limit));
                if self.output.len() > CHUNK && run + 1 < steps[index].params.runs && next.is_ok() {
                    unsent = false;
                    frontend::flush(&mut self.output);
                    self.read_all(&mut steps[..=index]).await?;
                    if steps[..=index].iter().any(|step| step.done.stopped) {
                        return Ok(());
                    }
                }
            }
            if let Err(error) = next {
                if unsent {
                    self.take_back(steps);
                }
                return Err(error);
            }
        }
        match portal {
            None => self.sync(),
            Some(_) => frontend::flush(&mut self.output),
        }
        if portal.is_some()
            && let Some((portal, before)) = steps.split_last_mut()
        {
            self.read_all(before).await?;
            self.read_prepared(portal).await?;
            self.expect(tag::BIND_COMPLETE).await?;
            portal.sent.bound = true;
            return Ok(());
        }
        self.read_all(steps).await?;
        let stopped = steps.iter().any(|step| step.done.stopped);
        if stopped { Ok(()) } else { self.expect(tag::READY_FOR_QUERY).await }
    }

    /// Forgets a group of which nothing was sent.
    fn take_back(&mut self, steps: &mut [Step<'_>]) {
        steps.iter_mut().for_each(|step| self.statements.closing.append(&mut step.sent.evicted));
        self.output.clear();
        self.pending = Default::default();
    }

    /// Prepares a step's statement, if the server does not have it.
    fn send_prepare(&mut self, step: &mut Step<'_>) -> Result<()> {
        step.sent = Sent::default();
        step.done = Done::default();
        step.statement = self.statements.get(&step.query);
        if step.statement.is_some() {
            step.sent.cached = true;
            return Ok(());
        }
        self.pending.open = true;
        self.pending.ends_with_execute = false;
        let mut name = Box::default();
        if self.statements.keeps(&step.query) {
            name = statement::name(&step.query);
            // The server may have it already: an earlier future was dropped, or a pooler's session is another's too.
            // To close one that does not exist is no error.
            frontend::close(&mut self.output, Target::Statement, &name)?;
            step.sent.evicted = std::mem::take(&mut self.statements.closing);
            for evicted in &step.sent.evicted {
                frontend::close(&mut self.output, Target::Statement, evicted)?;
            }
            step.sent.closes = 1 + step.sent.evicted.len();
        }
        let sql = step.query.sql.as_str();
        frontend::parse(&mut self.output, &name, sql, step.query.types.unwrap_or_default())?;
        frontend::describe(&mut self.output, Target::Statement, &name)?;
        step.sent.parse = true;
        step.name = name;
        Ok(())
    }

    /// Binds a step's statement to its parameters and runs it.
    fn send_run(&mut self, step: &mut Step<'_>, run: usize, portal: Option<u32>) -> Result<()> {
        let (name, types) = match &step.statement {
            Some(statement) => (&statement.name, &*statement.parameters),
            None => (&step.name, step.query.types.unwrap_or_default()),
        };
        if types.len() != step.params.count {
            return Err(Error::ParameterCount { expected: types.len(), given: step.params.count });
        }
        self.pending.open = true;
        let encode = &mut step.params.encode;
        frontend::bind(&mut self.output, name, types, |index, oid, out| match encode {
            Some(encode) => encode(run, index, oid, out),
            None => Err("no function encodes parameters".into()),
        })?;
        frontend::execute(&mut self.output, portal.unwrap_or(step.query.max_rows));
        self.pending.executes += 1;
        self.pending.ends_with_execute = true;
        if portal.is_none() && (step.query.max_rows > 0 || self.would_hold_snapshot(step, run)) {
            step.sent.closes_portal = true;
            frontend::close(&mut self.output, Target::Portal, "")?;
            self.pending.ends_with_execute = false;
        }
        step.sent.runs += 1;
        Ok(())
    }

    /// Whether the portal of a step's last run would keep its snapshot until the transaction's next statement, so that `vacuum` and
    /// `create index concurrently` of others wait for it. Outside of transactions, `Sync` closes the portal.
    fn would_hold_snapshot(&self, step: &Step<'_>, run: usize) -> bool {
        // A statement that returns no rows has released its snapshot at its end.
        if step.statement.as_ref().is_some_and(|statement| statement.columns.is_empty()) {
            return false;
        }
        let in_transaction = self.transaction_status() != TransactionStatus::Idle || step.in_group;
        // While the server waits for a copy's data, it accepts no other message.
        let is_copy = step
            .query
            .sql
            .as_str()
            .trim_start()
            .get(..4)
            .is_some_and(|word| word.eq_ignore_ascii_case("copy"));
        in_transaction && run + 1 == step.params.runs && !step.repeatable && !is_copy
    }

    /// Reads the answers to what was sent of some steps, up to one whose rows are not wanted any more.
    async fn read_all(&mut self, steps: &mut [Step<'_>]) -> Result<()> {
        for step in steps {
            self.read_prepared(step).await?;
            while step.sent.runs > 0 {
                self.read_run(step).await?;
                if step.done.stopped {
                    return Ok(());
                }
                step.sent.runs -= 1;
            }
        }
        Ok(())
    }

    /// Reads what the server says of a statement that it has prepared.
    async fn read_prepared(&mut self, step: &mut Step<'_>) -> Result<()> {
        if !std::mem::take(&mut step.sent.parse) {
            return Ok(());
        }
        while step.sent.closes > 0 {
            self.expect(tag::CLOSE_COMPLETE).await?;
            step.sent.closes -= 1;
        }
        self.expect(tag::PARSE_COMPLETE).await?;
        let statement = Arc::new(self.read_description(std::mem::take(&mut step.name), &step.query).await?);
        if self.statements.keeps(&step.query) {
            self.statements.insert(&step.query, Arc::clone(&statement));
        }
        step.statement = Some(statement);
        Ok(())
    }

    /// Reads a statement's parameters and columns.
    pub(crate) async fn read_description(&mut self, name: Box<str>, query: &Query<'_>) -> Result<Statement> {
        self.expect(tag::PARAMETER_DESCRIPTION).await?;
        let parameters = self.parse(backend::parameter_description)?;
        let columns = match self.message().await? {
            tag::ROW_DESCRIPTION => {
                let mut columns = self.parse(backend::row_description)?;
                // That is how results are asked for: the server does not know it yet.
                columns.iter_mut().for_each(|column| column.binary = true);
                columns
            }
            tag::NO_DATA => Vec::new(),
            other => return Err(self.unexpected(other)),
        };
        Ok(Statement::new(name, query, parameters, columns))
    }

    /// Parses the message at the beginning of the input.
    pub(crate) fn parse<T>(&mut self, parse: impl FnOnce(&[u8]) -> Result<T>) -> Result<T> {
        parse(self.body()).map_err(|error| self.fail(error))
    }

    /// Reads the answer to one run of a statement.
    async fn read_run(&mut self, step: &mut Step<'_>) -> Result<()> {
        self.expect(tag::BIND_COMPLETE).await?;
        step.sent.bound = true;
        let columns = step.statement.as_ref().map_or(&[][..], |statement| &statement.columns);
        match self.read_rows(columns, step.rows.as_deref_mut(), &mut step.done).await? {
            End::Stopped => {
                step.done.stopped = true;
                return Ok(());
            }
            End::Suspended => step.done.has_more = true,
            End::Complete => {}
        }
        if step.query.max_rows > 0 || (step.sent.closes_portal && step.sent.runs == 1) {
            self.expect(tag::CLOSE_COMPLETE).await?;
        }
        step.done.runs += 1;
        Ok(())
    }
}

/// Whether an error of a statement that was prepared before can mean that it has to be prepared again. It was not bound,
/// so it has not run.
fn may_be_stale(error: &Error) -> bool {
    let Some(error) = error.server() else { return false };
    match &*error.code {
        // It does not exist, or exists already.
        "26000" | "42P05" => true,
        // Its result would have other columns. The text is translated, the routine's name is not.
        "0A000" => error.routine.as_deref() == Some("RevalidateCachedQuery"),
        // What it uses has changed: tables, functions and types that were dropped and made again.
        code => code.starts_with("42") || code.starts_with("XX"),
    }
}

impl Step<'_> {
    /// Whether its parameters' types are known only when the server has described them.
    fn must_be_described(&self) -> bool {
        self.statement.is_none() && self.query.types.is_none()
    }
}
