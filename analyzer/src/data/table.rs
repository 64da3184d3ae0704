//! A table as text: tab-separated lines, sorted by their first field; lines that start with `#` come first.

/// A sorted table of text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table(&'static str);

impl Table {
    /// A table from a file's text.
    pub(super) const fn new(text: &'static str) -> Self {
        Table(text)
    }

    /// The first line, which names the origin of the table.
    pub(super) fn head(self) -> &'static str {
        self.0.lines().next().unwrap_or_default()
    }

    /// The lines below the head.
    fn body(self) -> &'static str {
        let mut rest = self.0;
        while rest.starts_with('#') {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
        rest
    }

    /// All lines, split into fields.
    pub(super) fn all(self) -> impl Iterator<Item = Fields> {
        self.body().lines().map(Fields)
    }

    /// The lines whose first field is `key`.
    pub(super) fn find(self, key: &str) -> impl Iterator<Item = Fields> {
        let body = self.body();
        let start = partition(body, key);
        body[start..].lines().map(Fields).take_while(move |line| line.key() == key)
    }
}

/// A line of a table. Fields that are missing at its end are empty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields(&'static str);

impl Fields {
    fn key(self) -> &'static str {
        self.0.split_once('\t').map_or(self.0, |(key, _)| key)
    }

    /// The first `N` fields.
    pub(super) fn get<const N: usize>(self) -> [&'static str; N] {
        let mut fields = self.0.split('\t');
        std::array::from_fn(|_| fields.next().unwrap_or_default())
    }
}

/// The start of the first line whose key is not less than `key`.
fn partition(body: &'static str, key: &str) -> usize {
    let (mut low, mut high) = (0, body.len());
    // Both are starts of lines (or the end). All lines before `low` are less than `key`, and no line from `high` is.
    while low < high {
        let mut middle = low + (high - low) / 2;
        while !body.is_char_boundary(middle) {
            middle -= 1;
        }
        let line = body[low..middle].rfind('\n').map_or(low, |at| low + at + 1);
        let end = body[line..].find('\n').map_or(body.len(), |at| line + at + 1);
        let text = body[line..end].trim_end_matches('\n');
        if Fields(text).key() < key {
            low = end;
        } else {
            high = line;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn finds_the_lines_of_a_name() {
        let table = Table::new("# head\n# columns\na\t1\nab\t2\nab\t3\nb\nc\t4\n");
        let found = |key| table.find(key).map(|line| line.get::<2>()[1]).collect::<Vec<_>>();
        assert_eq!(found("a"), ["1"]);
        assert_eq!(found("ab"), ["2", "3"]);
        assert_eq!(found("b"), [""]);
        assert_eq!(found("c"), ["4"]);
        assert!(found("").is_empty() && found("aa").is_empty() && found("d").is_empty());
        assert_eq!(table.all().count(), 5);
    }
}
