//! Statements: in the extended protocol, as steps that travel together; and in the simple one.

mod describe;
pub(crate) mod rows;
mod run;
mod simple;
mod step;

pub use self::{
    simple::Results,
    step::{Done, Params, RowFn, Step},
};
