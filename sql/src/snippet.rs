//! A place in a text, shown to people.

use crate::Span;

/// The width from which the ends of a line are left out.
const WIDTH: usize = 100;

/// The line of `sql` on which `span` begins, and a line of carets below it. The line loses its own indentation, and
/// both are indented by four spaces. In a long line, parts far from the carets are left out.
///
/// ```
/// use aio_databases_sql::{Span, snippet};
///
/// assert_eq!(snippet("select nmae from users", Span::new(7, 11)), ["    select nmae from users", "           ^^^^"]);
/// ```
pub fn snippet(sql: &str, span: Span) -> Vec<String> {
    let start = boundary(sql, span.start);
    let end = boundary(sql, span.end).max(start);
    let line_start = sql[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = sql[start..].find('\n').map_or(sql.len(), |at| start + at);
    let line = sql[line_start..line_end].trim_end_matches('\r');
    let indent = line.len() - line.trim_start().len();
    let indent = indent.min(start - line_start);
    let before = cells(&sql[line_start + indent..start]);
    let marked = cells(&sql[start..end.min(line_start + line.len()).max(start)]);
    let after = cells(&sql[(start + marked.source).min(line_start + line.len())..line_start + line.len()]);

    let mut shown = [before.text, marked.text, after.text].concat();
    let mut column = before.width;
    if shown.chars().count() > WIDTH && column > WIDTH / 2 {
        // Cut the text far before the caret, then the text far after it.
        let cut = column - WIDTH / 2;
        shown = format!("…{}", shown.chars().skip(cut + 1).collect::<String>());
        column -= cut;
    }
    if shown.chars().count() > WIDTH {
        let keep = WIDTH.max(column + marked.width).min(2 * WIDTH);
        let short: String = shown.chars().take(keep).collect();
        if short.len() < shown.len() {
            shown = format!("{short}…");
        }
    }
    let carets = "^".repeat(marked.width.max(1));
    vec![format!("    {}", shown.trim_end()), format!("    {}{carets}", " ".repeat(column))]
}

fn boundary(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

struct Cells {
    text: String,
    width: usize,
    source: usize,
}

/// A text as a terminal shows it (tabs as four spaces, without other control characters), and its width in cells.
fn cells(source: &str) -> Cells {
    let mut cells = Cells { text: String::new(), width: 0, source: source.len() };
    for c in source.chars() {
        if c == '\t' {
            cells.text.push_str("    ");
            cells.width += 4;
        } else {
            let c = if c.is_control() { '\u{fffd}' } else { c };
            cells.text.push(c);
            cells.width += width(c);
        }
    }
    cells
}

/// The number of cells that a character takes: blocks that terminals show wide, and characters without a width.
fn width(c: char) -> usize {
    match c as u32 {
        0x300..=0x36f | 0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the snippet for the part between `«` and `»`.
    #[track_caller]
    fn check(marked: &str, expected: &[&str]) {
        let start = marked.find('«').unwrap();
        let end = marked.replace('«', "").find('»').unwrap();
        let sql = marked.replace(['«', '»'], "");
        assert_eq!(snippet(&sql, Span::new(start, end)), expected);
    }

    #[test]
    fn snippets() {
        check("select «nmae» from t", &["    select nmae from t", "           ^^^^"]);
        check("select\n    «nmae»,\n  x", &["    nmae,", "    ^^^^"]);
        check("select a,\n\t\tb + «c»\nfrom t", &["    b + c", "        ^"]);
        check("select a\t«b»", &["    select a    b", "                ^"]);
        check("select 'é', '日本', «x»", &["    select 'é', '日本', x", "                        ^"]);
        check("select 1 from«»", &["    select 1 from", "                 ^"]);
        check("select «1\nfrom» t", &["    select 1", "           ^"]);
    }

    #[test]
    fn long_lines_are_cut() {
        let sql = format!("select {}nmae, {}", "a, ".repeat(100), "b, ".repeat(100));
        let start = sql.find("nmae").unwrap();
        let lines = snippet(&sql, Span::new(start, start + 4));
        assert!(lines[0].starts_with("    …") && lines[0].ends_with('…'), "{lines:?}");
        let column = lines[1].find('^').unwrap();
        assert_eq!(lines[0].chars().skip(column).take(4).collect::<String>(), "nmae");
        assert!(lines[0].chars().count() < 120);
    }
}
