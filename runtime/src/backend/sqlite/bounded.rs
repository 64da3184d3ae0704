//! Writing statements that are short whatever the tables hold, so that they can run on the caller's thread.
//!
//! A writing statement can't be stopped when its time is over, because SQLite would then roll back its whole transaction. So it must
//! be known beforehand that it is short. Two conditions show that. First, the program that SQLite compiled it to (`explain`) has no
//! loop over a table, fires no trigger and frees no pages: it takes a few steps, however large the table is. Second, it was short a
//! few times in a row on the connection's thread.
//!
//! On the caller's thread, ten inserts in a transaction take half of the time that they take through the connection's thread, and ten
//! updates two thirds.

use std::{collections::HashMap, time::Duration};

use rusqlite::Connection;

/// How many statements are remembered.
const REMEMBERED: usize = 256;

/// How many times in a row a statement must have been short.
const TIMES: u32 = 3;

/// A statement was short if it took less than one part in so many of the time allowed on the caller's thread.
const PART: u32 = 3;

/// One step of a statement's program.
pub(super) struct Operation {
    at: i64,
    code: String,
    /// The cursor that it uses, if it uses one.
    cursor: i64,
    /// Where it jumps to, if it jumps.
    to: i64,
}

/// Returns the program that SQLite compiles a statement to.
pub(super) fn program(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<Operation>> {
    let mut explained = connection.prepare(&format!("explain {sql}"))?;
    let mut rows = explained.raw_query();
    let mut program = Vec::new();
    while let Some(row) = rows.next()? {
        program.push(Operation { at: row.get(0)?, code: row.get(1)?, cursor: row.get(2)?, to: row.get(3)? });
    }
    Ok(program)
}

/// What is known about the statements that write.
#[derive(Debug, Default)]
pub(super) struct WriteCosts(HashMap<Box<str>, Cost>);

#[derive(Debug)]
enum Cost {
    /// It might take any time.
    Unbounded,
    /// Its program has no loop, and it was short this many times in a row.
    Bounded { short: u32 },
}

impl WriteCosts {
    /// Whether a statement is known to be short.
    pub(super) fn is_short(&self, sql: &str) -> bool {
        !self.0.is_empty() && matches!(self.0.get(sql), Some(Cost::Bounded { short }) if *short >= TIMES)
    }

    /// Whether nothing is known about a statement.
    pub(super) fn is_unknown(&self, sql: &str) -> bool {
        !self.0.contains_key(sql)
    }

    /// Learns from a statement's program.
    pub(super) fn learn(&mut self, sql: &str, program: &[Operation]) {
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        let cost = if is_bounded(program) { Cost::Bounded { short: 0 } } else { Cost::Unbounded };
        self.0.insert(sql.into(), cost);
    }

    /// Notes how long a statement took.
    pub(super) fn took(&mut self, sql: &str, time: Duration, budget: Duration) {
        if let Some(Cost::Bounded { short }) = self.0.get_mut(sql) {
            *short = if time <= budget / PART { short.saturating_add(1) } else { 0 };
        }
    }

    /// Forgets a statement, whose program has changed.
    pub(super) fn forget(&mut self, sql: &str) {
        self.0.remove(sql);
    }
}

/// The operations that take a few steps each. Any other might take any time.
#[rustfmt::skip]
const SHORT: &[&str] = &[
    "Add", "Affinity", "And", "BitAnd", "BitNot", "BitOr", "Blob", "Cast", "Close", "CollSeq", "Column", "Compare", "Concat", "Copy",
    "DeferredSeek", "Delete", "Divide", "ElseEq", "Eq", "FinishSeek", "FkCheck", "FkCounter", "FkIfZero", "Found", "Function", "Ge", "Gt",
    "Halt", "HaltIfNull", "IdxDelete", "IdxGE", "IdxGT", "IdxInsert", "IdxLE", "IdxLT", "IdxRowid", "If", "IfNot", "Insert", "Int64",
    "IntCopy", "Integer", "IsNull", "IsTrue", "Jump", "Le", "Lt", "MakeRecord", "Move", "Multiply", "MustBeInt", "Ne", "NewRowid", "NoConflict",
    "Noop", "Not", "NotExists", "NotFound", "NotNull", "Null", "Once", "OpenEphemeral", "OpenRead", "OpenWrite", "Or", "Permutation",
    "PureFunc", "Real", "RealAffinity", "ReleaseReg", "Remainder", "ResultRow", "Rewind", "Rowid", "SCopy", "SeekGE", "SeekGT", "SeekLE",
    "SeekLT", "SeekRowid", "ShiftLeft", "ShiftRight", "SoftNull", "String", "String8", "Subtract", "Transaction", "TypeCheck",
    "Variable", "ZeroOrNull",
];

/// Whether a program takes a few steps, whatever the tables hold.
fn is_bounded(program: &[Operation]) -> bool {
    let ephemeral = |cursor| {
        let mut opened = program.iter().filter(|operation| operation.code == "OpenEphemeral");
        opened.any(|operation| operation.cursor == cursor)
    };
    !program.is_empty()
        && program.iter().all(|operation| match operation.code.as_str() {
            // The program begins with a jump to its end, from where it jumps back.
            "Init" => operation.at == 0,
            "Goto" => operation.to == 1 || operation.to > operation.at,
            // A loop over the rows that the statement itself has set aside: `returning`.
            "Next" => ephemeral(operation.cursor),
            code => SHORT.contains(&code),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_are_short_whatever_the_tables_hold() {
        let connection = Connection::open_in_memory().unwrap();
        let schema = "pragma foreign_keys = on;
            create table parents (id integer primary key, name text unique);
            create table children (id integer primary key, parent integer references parents, n int);
            create table logged (a int);
            create trigger log after insert on logged begin delete from children; end;
            create table strict_ones (a int, b text) strict;
            create virtual table texts using fts5(body);";
        connection.execute_batch(schema).unwrap();
        let mut wrong = Vec::new();
        for (sql, expected) in [
            ("insert into parents values (?1, ?2)", true),
            ("insert into children (n) values (?1) returning id", true),
            // SQLite looks for children that were inserted before their parent.
            ("insert into parents values (?1, ?2) returning id", false),
            (
                "insert into parents (name) values (?1) on conflict (name) do update set name = excluded.name",
                true,
            ),
            ("insert into children values (?1, ?2, ?3)", true),
            ("insert into strict_ones values (1, upper(?1))", true),
            ("update children set n = n + 1 where id = ?1", true),
            ("update parents set id = ?1 where name = 'a'", false),
            ("delete from children where id = ?1", true),
            // SQLite looks for its children.
            ("delete from parents where id = ?1", false),
            ("update children set n = 1", false),
            ("update children set n = 1 where n = ?1", false),
            ("delete from children", false),
            ("insert into children (n) select n from children", false),
            ("insert into logged values (1)", false),
            ("insert into texts values ('a')", false),
            (
                "insert into children (n) with recursive r(i) as (select 1 union all select i + 1 from r) select i from r",
                false,
            ),
            ("insert into children (n) values ((select count(*) from parents))", false),
            ("insert into children (n) values (1), (2), (3)", false),
            ("create table another (a int)", false),
            ("drop table logged", false),
            ("vacuum", false),
        ] {
            let program = program(&connection, sql).unwrap();
            let codes: Vec<_> = program.iter().map(|operation| &*operation.code).collect();
            if is_bounded(&program) != expected {
                wrong.push(format!("{sql}: {codes:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn short_three_times_in_a_row() {
        let budget = Duration::from_micros(300);
        let (fast, slow) = (Duration::from_micros(10), Duration::from_micros(200));
        let mut costs = WriteCosts::default();
        assert!(costs.is_unknown("a"));
        costs.learn("a", &[Operation { at: 0, code: "Init".into(), cursor: 0, to: 1 }]);
        for (time, is_short) in
            [(fast, false), (fast, false), (slow, false), (fast, false), (fast, false), (fast, true)]
        {
            costs.took("a", time, budget);
            assert_eq!(costs.is_short("a"), is_short);
        }
        costs.forget("a");
        assert!(!costs.is_short("a") && costs.is_unknown("a"));
    }
}
