//! The database.

use crate::{
    Error, Result,
    fetch::{Ran, Request},
    sink::Sink,
};

/// A database.
#[derive(Clone, Debug)]
pub struct Database {}

impl Database {
    pub(crate) async fn run(&self, _request: Request, _sink: Box<dyn Sink>) -> Result<Ran> {
        Err(Error::protocol("not supported yet: running"))
    }
}

/// A connection.
#[derive(Debug)]
pub struct Connection {}

impl Connection {
    pub(crate) async fn run(&self, _request: Request, _sink: Box<dyn Sink>) -> Result<Ran> {
        Err(Error::protocol("not supported yet: running"))
    }
    pub(crate) async fn stream(&self, _request: Request, _sink: Box<dyn Sink>) -> Result<Ran> {
        Err(Error::protocol("not supported yet: running"))
    }
}
