//! The name of a syntax tree's variant.

use std::fmt::{self, Debug, Write};

/// The name of the variant that a node of the tree is. Only the name is formatted, not the whole node.
pub(crate) fn variant(node: &impl Debug) -> String {
    let mut name = Name(String::new());
    // The error only stops the formatting.
    let _ = write!(name, "{node:?}");
    name.0
}

/// Keeps the first identifier, and fails at the first character after it.
struct Name(String);

impl Write for Name {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = text.find(['(', ' ', '{']);
        self.0.push_str(&text[..end.unwrap_or(text.len())]);
        if end.is_none() { Ok(()) } else { Err(fmt::Error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    #[expect(dead_code, reason = "the fields are only formatted")]
    enum Node {
        Unit,
        Tuple(u8),
        Struct { field: Option<u8> },
    }

    #[test]
    fn names_have_no_fields() {
        assert_eq!(variant(&Node::Unit), "Unit");
        assert_eq!(variant(&Node::Tuple(1)), "Tuple");
        assert_eq!(variant(&Node::Struct { field: None }), "Struct");
        assert_eq!(variant(&Some(Node::Unit)), "Some");
    }
}
