//! Text of a server or a user, as it can be printed.

use std::fmt::{self, Write as _};

/// A text whose control characters are escaped, so that it cannot change what a terminal shows or what a log says. Line ends and tabs stay.
pub(crate) struct Printable<'a>(pub(crate) &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for char in self.0.chars() {
            match char {
                '\n' | '\t' => f.write_char(char)?,
                // Marks that turn the direction of what follows would hide it, too.
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => write!(f, "{}", char.escape_unicode())?,
                char if char.is_control() => write!(f, "{}", char.escape_default())?,
                char => f.write_char(char)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        for (text, shown) in [
            ("plain é 字\n\tb", "plain é 字\n\tb"),
            ("\u{1b}[31mred\r", "\\u{1b}[31mred\\r"),
            ("\u{9b}\u{7f}\u{202e}", "\\u{9b}\\u{7f}\\u{202e}"),
        ] {
            assert_eq!(Printable(text).to_string(), shown);
        }
    }
}
