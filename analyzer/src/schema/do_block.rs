//! `do $$ … $$`: the data definition that stands plainly in it is followed.

use super::{
    Builder,
    cursor::{Cursor, Kind, Read},
    split::Script,
};

/// First words of what does not change the catalog, if a block puts it together by itself.
const HARMLESS: [&str; 14] = [
    "create trigger",
    "create index",
    "create policy",
    "create role",
    "create user",
    "drop trigger",
    "drop policy",
    "grant",
    "revoke",
    "comment",
    "insert",
    "update",
    "delete",
    "refresh",
];

impl Builder {
    /// A whole `do` statement.
    pub(super) fn do_block(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        if c.dialect() != aio_databases_sql::Dialect::Postgres {
            return Ok(());
        }
        c.skip_to_body();
        let Some(body) = c.dollar_content() else {
            return c.stuck("a `do` block in plain quotes is not followed");
        };
        let script = Script::whole(c.script(), body, c.dialect());
        self.block(script.cursor());
        Ok(())
    }

    /// Follows the statements of a body: `declare … begin … exception when … then … end`.
    fn block(&mut self, mut c: Cursor<'_>) {
        let was = self.lenient;
        // Before a handler of exceptions, any statement may find its work done.
        self.lenient |= c.has_word("exception");
        let mut skipping = c.is("declare");
        let mut depth = 0usize;
        while !c.done() {
            match c.word().as_str() {
                "begin" => {
                    skipping = false;
                    c.skip();
                }
                "exception" if c.is("exception when") => {
                    skipping = true;
                    c.skip();
                }
                "end" => {
                    let closes = c.is("end if") || c.is("end loop") || c.is("end case");
                    if closes {
                        depth = depth.saturating_sub(1);
                    } else {
                        skipping = false;
                    }
                    self.lenient = was || depth > 0 || c.has_word("exception");
                    c.skip_to(&[";"]);
                    c.skip();
                }
                "if" | "while" | "for" | "foreach" | "loop" | "case" => {
                    depth += 1;
                    // What stands under a condition may find its work done, or need not be there.
                    self.lenient = true;
                    c.skip_to(&["then", "loop"]);
                    c.skip();
                }
                "elsif" | "elseif" => {
                    c.skip_to(&["then"]);
                    c.skip();
                }
                "else" => c.skip(),
                _ => {
                    let start = c;
                    c.skip_to(&[";"]);
                    if !skipping {
                        self.block_statement(start.until(&c));
                    }
                    c.skip();
                }
            }
        }
        self.lenient = was;
    }

    fn block_statement(&mut self, mut c: Cursor<'_>) {
        if !c.is("execute") {
            if c.is("create") || c.is("alter") || c.is("drop") {
                self.statement(c);
            }
            return;
        }
        c.skip();
        c.eat("format");
        let dynamic = c.group().unwrap_or(c);
        let mut text = dynamic;
        let offset = text.offset();
        let whole = text.literal_span();
        let content = text.literal();
        let harmless = |text: &str| {
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
            HARMLESS.iter().any(|head| words.starts_with(head))
        };
        match (content, whole) {
            (Some(content), _) if harmless(&content) => {}
            // Nothing is put together: it is a statement like any other.
            (Some(content), Some(inside)) if text.done() && !content.contains(['%', '\'']) => {
                let script = Script::of(c.script(), inside, c.dialect());
                script.statements().for_each(|statement| self.statement(statement));
            }
            _ => self.problem(
                c.script(),
                offset,
                "what a statement that is put together does to the schema is not followed",
            ),
        }
    }
}

impl<'a> Cursor<'a> {
    /// Goes on to the body of a block.
    fn skip_to_body(&mut self) {
        while self.nth(0).is_some_and(|tok| !matches!(tok.kind, Kind::Dollar | Kind::Str)) {
            self.advance();
        }
    }

    /// Whether a word comes later.
    fn has_word(&self, word: &str) -> bool {
        let mut ahead = *self;
        ahead.skip_to(&[word])
    }
}
