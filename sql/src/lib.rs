#![doc = include_str!("../README.md")]

mod blocks;
mod dialect;
mod error;
mod lex;
mod render;
mod similar;
mod span;
mod style;
mod template;

pub use dialect::{Dialect, UnknownDialect};
pub use error::{Error, ErrorKind};
pub use lex::{Lexer, Token, TokenKind, Unterminated, lex};
pub use render::Rendered;
pub use similar::similar;
pub use span::{Position, Span};
pub use style::Style;
pub use template::{Template, TemplateParam};
