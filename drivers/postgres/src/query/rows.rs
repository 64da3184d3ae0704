//! Rows: each is given to the caller's function where it lies in the read buffer.

use std::{
    future::poll_fn,
    task::{Context, Poll, ready},
};

use super::step::{Done, RowFn};
use crate::{
    Column, CommandTag, Connection, Error, Result, Row,
    wire::{frame::HEADER, tag},
};

impl Connection {
    /// Reads rows up to their end.
    pub(crate) async fn read_rows(
        &mut self,
        columns: &[Column],
        mut rows: Option<&mut RowFn<'_>>,
        done: &mut Done,
    ) -> Result<End> {
        self.expected.columns = Some(columns.len());
        let found = poll_fn(|cx| self.poll_rows(cx, columns, &mut rows)).await?;
        self.expected.columns = None;
        done.rows += std::mem::take(&mut self.read);
        match found {
            None => return Ok(End::Stopped),
            Some(tag::COMMAND_COMPLETE) => {
                done.tag = self.parse(CommandTag::parse)?;
                done.rows_affected += done.tag.rows().unwrap_or(0);
            }
            Some(tag::EMPTY_QUERY_RESPONSE) => {}
            Some(tag::PORTAL_SUSPENDED) => return Ok(End::Suspended),
            Some(tag::COPY_IN_RESPONSE) => {
                self.refuse_copy();
                return Err(Error::Unsupported("`copy … from stdin` without its data; use `copy_in`"));
            }
            Some(tag::COPY_OUT_RESPONSE) => {
                return Err(Error::Unsupported("`copy … to stdout` like another statement; use `copy_out`"));
            }
            Some(other) => return Err(self.unexpected(other)),
        }
        Ok(End::Complete)
    }

    /// Gives rows to the function that takes them, until it wants no more (`None`) or another message comes.
    fn poll_rows(
        &mut self,
        cx: &mut Context<'_>,
        columns: &[Column],
        rows: &mut Option<&mut RowFn<'_>>,
    ) -> Poll<Result<Option<u8>>> {
        loop {
            match self.buffered()? {
                None => {
                    if let Err(error) = ready!(self.poll_more(cx)) {
                        return Poll::Ready(Err(self.fail(error)));
                    }
                }
                Some(tag::DATA_ROW) => {
                    self.read += 1;
                    let Some(rows) = rows else { continue };
                    let body = self.input.filled().get(HEADER..self.frame).unwrap_or_default();
                    match Row::parse(body, columns, &mut self.ranges) {
                        Ok(row) if rows(row).is_continue() => {}
                        Ok(_) => return Poll::Ready(Ok(None)),
                        Err(error) => return Poll::Ready(Err(self.fail(error))),
                    }
                }
                Some(other) => return Poll::Ready(Ok(Some(other))),
            }
        }
    }
}

/// How reading rows ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// There are no more.
    Complete,
    /// The portal has more, if it is asked.
    Suspended,
    /// No more were wanted.
    Stopped,
}
