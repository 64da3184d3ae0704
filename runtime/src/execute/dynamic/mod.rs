//! SQL that is only known at run time: text and arguments in, dynamic records out.

mod args;
mod query;
mod template;
mod text;

pub use args::{Arguments, IntoArguments, Named};
pub use query::{DynamicQuery, sql};
pub use text::{IntoSql, Trusted};

pub(crate) use query::{dynamic_methods, executemany, executescript};
pub(crate) use template::Template;
