//! `do $$ … $$`: applies the data definition that is written directly in it.

use super::{
    Builder,
    cursor::{Cursor, Kind, Read},
    dynamic::Values,
    split::Script,
};

impl Builder {
    /// A whole `do` statement.
    pub(super) fn do_block(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        if !self.facts().definitions.blocks {
            return Ok(());
        }
        c.skip_to_body();
        let Some(body) = c.dollar_content() else {
            return c.stuck("a `do` block in plain quotes is not supported");
        };
        let script = Script::whole(c.script(), body, c.dialect());
        self.block(script.cursor(), &mut Values::default());
        Ok(())
    }

    /// Applies the statements of a body: `declare … begin … exception when … then … end`.
    fn block(&mut self, mut c: Cursor<'_>, values: &mut Values) {
        let was = self.lenient;
        // Before an exception handler, any statement may find its object already created or dropped.
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
                "foreach" if self.constant_loop(&mut c, values) => {}
                "if" | "while" | "for" | "foreach" | "loop" | "case" => {
                    depth += 1;
                    // A conditional statement may not run, or may find its object already created or dropped.
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
                    let statement = start.until(&c);
                    values.note(statement, skipping);
                    if !skipping {
                        self.block_statement(statement, values);
                    }
                    c.skip();
                }
            }
        }
        self.lenient = was;
    }

    fn block_statement(&mut self, mut c: Cursor<'_>, values: &Values) {
        if c.eat("execute") {
            self.put_together(c, values);
        } else if c.is("create") || c.is("alter") || c.is("drop") {
            self.statement(c);
        }
    }

    /// `foreach name in array array['a', 'b'] loop … end loop`: the body is applied once for each value. Returns
    /// whether it is such a loop.
    fn constant_loop(&mut self, c: &mut Cursor<'_>, values: &mut Values) -> bool {
        let mut head = *c;
        head.eat("foreach");
        let Some(name) = head.ident() else { return false };
        if !head.eat("in array array [") {
            return false;
        }
        let start = head;
        head.skip_to(&["]"]);
        let items = start.until(&head).items();
        let Some(items) = items.into_iter().map(|mut item| item.literal()).collect::<Option<Vec<_>>>() else {
            return false;
        };
        if !(head.eat("]") && head.skip_to(&["loop"])) {
            return false;
        }
        head.skip();
        let start = head;
        let mut depth = 1;
        while !head.done() {
            match () {
                () if head.is("end loop") => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                    head.skip();
                }
                () if head.is("loop") => depth += 1,
                () => {}
            }
            head.skip();
        }
        let body = start.until(&head);
        let before = values.clone();
        for item in items {
            // Each iteration sets its variables again.
            *values = before.clone();
            values.set(&name, item);
            self.block(body, values);
        }
        values.forget(&name);
        head.skip_to(&[";"]);
        head.skip();
        *c = head;
        true
    }
}

impl<'a> Cursor<'a> {
    /// Skips to the body of a block.
    fn skip_to_body(&mut self) {
        while self.nth(0).is_some_and(|tok| !matches!(tok.kind, Kind::Dollar | Kind::Str)) {
            self.advance();
        }
    }

    /// Whether a word comes later.
    pub(super) fn has_word(&self, word: &str) -> bool {
        let mut ahead = *self;
        ahead.skip_to(&[word])
    }
}
