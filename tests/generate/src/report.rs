//! The report of a run.

use std::{collections::BTreeMap, fmt};

use crate::{
    data::Fill,
    judge::{Class, Verdict, Wrong},
    tree::Node,
};

/// A wrong answer, with what shows it.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The seed of the schema.
    pub seed: u64,
    /// How.
    pub class: Class,
    /// In words.
    pub what: String,
    /// The query, made small.
    pub sql: String,
    /// On what data.
    pub fill: Fill,
    /// The statements of the schema that it needs.
    pub schema: Vec<String>,
    /// The rows that were there.
    pub rows: Vec<String>,
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Schemas made.
    pub schemas: usize,
    /// Queries made.
    pub queries: usize,
    /// Those that the server took.
    pub taken: usize,
    /// Of those: the ones with a full answer.
    pub answered: usize,
    /// Of those: the ones that gave rows at least once.
    pub gave_rows: usize,
    /// Runs to the end.
    pub runs: usize,
    /// Runs that values made impossible.
    pub failed: usize,
    /// Why there was no full answer, and how often.
    pub gaps: BTreeMap<String, (usize, String)>,
    /// Why the server refused, and how often.
    pub refusals: BTreeMap<String, (usize, String)>,
    /// Why a run came to no end, and how often.
    pub failed_runs: BTreeMap<String, (usize, String)>,
    /// Schemas in the middle of which the server ended.
    pub lost: usize,
    /// Wrong answers.
    pub failures: Vec<Failure>,
    /// How often each kind of them came.
    pub wrong: BTreeMap<(Class, String), usize>,
}

/// A reason without the names and numbers that are its own.
pub fn shape(text: &str) -> String {
    let mut shape = String::new();
    let mut quoted = None;
    for c in text.chars() {
        match quoted {
            Some(end) if c == end => quoted = None,
            Some(_) => continue,
            None if c == '`' || c == '"' => {
                quoted = Some(c);
                shape.push('…');
            }
            None if c.is_ascii_digit() => {
                if !shape.ends_with('#') {
                    shape.push('#');
                }
            }
            None => shape.push(c),
        }
    }
    shape.chars().take(110).collect()
}

fn note(into: &mut BTreeMap<String, (usize, String)>, reason: &str, example: &str) {
    let entry = into.entry(shape(reason)).or_insert_with(|| (0, String::new()));
    entry.0 += 1;
    if entry.1.is_empty() || example.len() < entry.1.len() {
        entry.1 = format!("{reason}\n      {example}");
    }
}

impl Report {
    /// Counts it, and says whether it is the first of its kind.
    pub fn first(&mut self, wrong: &Wrong) -> bool {
        let count = self.wrong.entry((wrong.class, shape(&wrong.what))).or_default();
        *count += 1;
        *count <= 1
    }

    /// What of a schema can't be followed.
    pub fn schema_gap(&mut self, problem: &str, schema: &str) {
        note(&mut self.gaps, &format!("schema: {problem}"), schema);
    }

    /// Counts a schema in the middle of which the server ended.
    pub fn lost(&mut self, seed: u64, error: &anyhow::Error) {
        println!("LOST (seed {seed}): {error:#}");
        self.lost += 1;
    }

    /// Prints and keeps it.
    pub fn fail(&mut self, failure: Failure) {
        println!("{failure}");
        self.failures.push(failure);
    }

    /// Counts a query.
    pub fn count(&mut self, verdict: &Verdict, query: &Node) {
        self.queries += 1;
        self.runs += verdict.ran;
        self.failed += verdict.failed;
        if let Some(refused) = &verdict.refused {
            note(&mut self.refusals, refused, &query.sql());
            return;
        }
        self.taken += 1;
        if let Some(failure) = &verdict.failure {
            note(&mut self.failed_runs, failure, &query.sql());
        }
        match verdict.gaps.first() {
            Some(gap) => note(&mut self.gaps, gap, &query.sql()),
            None => self.answered += 1,
        }
        self.gave_rows += usize::from(verdict.gave_rows);
    }

    /// How many answers were wrong, but for queries that the server refuses and the analyzer does not.
    pub fn unsound(&self) -> usize {
        self.wrong.iter().filter(|((class, _), _)| *class != Class::Refused).map(|(_, count)| count).sum()
    }

    /// How many queries the server refuses and the analyzer does not.
    pub fn refused(&self) -> usize {
        self.wrong.values().sum::<usize>() - self.unsound()
    }

    /// The most frequent reasons, with an example each.
    pub fn details(&self, most: usize) -> String {
        let mut text = String::new();
        for (title, reasons) in
            [("gaps", &self.gaps), ("refused by the server", &self.refusals), ("runs", &self.failed_runs)]
        {
            let mut all: Vec<_> = reasons.values().collect();
            all.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
            text += &format!("{title}:\n");
            for (count, example) in all.into_iter().take(most) {
                text += &format!("{count:>6} {example}\n");
            }
        }
        text
    }
}

fn share(part: usize, of: usize) -> f64 {
    100.0 * part as f64 / of.max(1) as f64
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} queries over {} schemas: {} ({:.1} %) taken by the server; of those {} ({:.1} %) with a full answer, {} ({:.1} %) gave rows",
            self.queries,
            self.schemas,
            self.taken,
            share(self.taken, self.queries),
            self.answered,
            share(self.answered, self.taken),
            self.gave_rows,
            share(self.gave_rows, self.taken),
        )?;
        writeln!(f, "{} runs came to their end, {} did not", self.runs, self.failed)?;
        if self.lost > 0 {
            writeln!(f, "the server ended {} times", self.lost)?;
        }
        let mut classes: BTreeMap<Class, usize> = BTreeMap::new();
        for ((class, what), count) in &self.wrong {
            *classes.entry(*class).or_default() += count;
            writeln!(f, "{count:>6} {class:?}: {what}")?;
        }
        write!(f, "{} wrong: {classes:?}", classes.values().sum::<usize>())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "WRONG {:?} (seed {}, data {:?}): {}", self.class, self.seed, self.fill, self.what)?;
        for statement in &self.schema {
            writeln!(f, "    {};", statement.replace('\n', "\n    "))?;
        }
        if self.class == Class::Null || self.class == Class::Rows {
            for row in self
                .rows
                .iter()
                .filter(|row| self.schema.iter().any(|s| s.contains(row.split(' ').nth(2).unwrap_or(""))))
            {
                writeln!(f, "    {row};")?;
            }
        }
        writeln!(f, "  {}", self.sql)
    }
}
