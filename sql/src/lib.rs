#![doc = include_str!("../README.md")]

mod alias;
mod bind;
mod blocks;
mod dialect;
mod error;
mod hints;
mod lex;
mod migration;
mod named;
mod render;
mod similar;
mod snippet;
mod span;
mod split;
mod style;
mod template;

pub use alias::Alias;
pub use dialect::{Dialect, UnknownDialect};
pub use error::{Error, ErrorKind};
pub use hints::{Hint, HintKind};
pub use lex::{Lexer, Token, TokenKind, Unterminated, lex};
pub use migration::{MigrationFile, migration_spellings, migrations};
pub use named::named;
pub use render::Rendered;
pub use similar::{did_you_mean, similar};
pub use snippet::snippet;
pub use span::{Position, Span};
pub use split::split;
pub use style::Style;
pub use template::{Template, TemplateParam};
