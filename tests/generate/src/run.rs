//! A run: schemas, their queries, and what is told of them.

use std::{
    collections::BTreeMap,
    fmt,
    time::{Duration, Instant},
};

use aio_databases_analyzer::Schema;
use aio_databases_sql::Dialect;
use anyhow::Result;

use crate::{
    data::{Fill, rows},
    judge::{Class, Judge, Verdict, Wrong},
    lang::Lang,
    model::Model,
    rng::Rng,
    schema::schema,
    server::{Server, connect},
    state::Gen,
    tree::Node,
};

/// How many queries are made over one schema.
const QUERIES: u64 = 60;

/// How many smaller queries are tried to show the same mistake.
const SHRINKING: usize = 400;

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// Against which server.
    pub dialect: Dialect,
    /// Where to start.
    pub seed: u64,
    /// How many queries, at least.
    pub count: usize,
    /// After how many failures to stop.
    pub failures: usize,
    /// When to stop at the latest.
    pub time: Option<Duration>,
    /// Whether a query that only the server refuses is made small and printed too.
    pub refused: bool,
    /// Whether every query is printed.
    pub verbose: bool,
}

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
    /// Wrong answers.
    pub failures: Vec<Failure>,
    /// How often each kind of them came.
    pub wrong: BTreeMap<(Class, String), usize>,
}

/// Runs; none where there is no server.
///
/// # Errors
///
/// Where the server is not to be reached.
pub fn run(options: &Options) -> Result<Option<Report>> {
    let name = format!("gen_{}_{}", std::process::id(), options.seed);
    let Some(mut server) = connect(options.dialect, &name)? else { return Ok(None) };
    let mut lang = Lang::new(options.dialect);
    server.fresh()?;
    lang.keep(|name| server.has_function(name));
    let mut report = Report::default();
    let start = Instant::now();
    let mut seed = options.seed;
    while report.queries < options.count
        && report.failures.iter().filter(|failure| failure.class != Class::Refused).count() < options.failures
        && options.time.is_none_or(|time| start.elapsed() < time)
    {
        one_schema(&mut *server, &lang, seed, options, &mut report)?;
        seed += 1;
    }
    Ok(Some(report))
}

fn one_schema(
    server: &mut dyn Server,
    lang: &Lang,
    seed: u64,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let mut rng = Rng::new(&[seed]);
    server.fresh()?;
    let model = {
        let server = std::cell::RefCell::new(&mut *server);
        schema(&mut rng, lang, &mut |statement| server.borrow_mut().take(statement), &mut |relation| {
            server.borrow_mut().column_types(relation)
        })
    };
    report.schemas += 1;
    if model.relations.is_empty() {
        return Ok(());
    }
    let mut analyzed = Schema::new(lang.dialect);
    analyzed.apply("schema.sql", &model.text());
    for problem in analyzed.problems() {
        note(&mut report.gaps, &format!("schema: {problem:?}"), &model.text());
    }
    for wrong in server.catalog(analyzed.catalog())? {
        let failure = Failure {
            seed,
            class: Class::Catalog,
            what: wrong,
            sql: String::new(),
            fill: Fill::Empty,
            schema: model.statements.clone(),
            rows: Vec::new(),
        };
        if report.first(&Wrong { class: failure.class, what: failure.what.clone() }) {
            report.fail(failure);
        }
    }
    let queries: Vec<Node> = (0..QUERIES).map(|number| query(seed, number, lang, &model)).collect();
    let tables: Vec<String> = model
        .relations
        .iter()
        .filter(|relation| !relation.view)
        .map(|relation| relation.name.clone())
        .collect();
    let mut fills = vec![Fill::Empty, Fill::Some, Fill::Nulls];
    if lang.dialect == Dialect::Sqlite {
        fills.push(Fill::Odd);
    }
    let mut verdicts: Vec<Verdict> = vec![Verdict::default(); queries.len()];
    for fill in fills {
        let rows = rows(&mut Rng::new(&[seed, fill as u64]), lang, &model, fill);
        server.fill(&tables, &rows)?;
        let judge = Judge { schema: &analyzed, lang, model: &model, types: fill != Fill::Odd };
        for (number, query) in (0u64..).zip(&queries) {
            let all = &mut verdicts[number as usize];
            // What is known to be refused, or wrong, is not asked again.
            if all.refused.is_some() || !all.wrong.is_empty() || (!all.gaps.is_empty() && all.ran == 0) {
                continue;
            }
            let sql = query.sql();
            let random = || Rng::new(&[seed, number, fill as u64]);
            let found = judge.judge(server, &sql, &mut random())?;
            if options.verbose {
                let state = if let Some(refused) = &found.refused { refused.as_str() } else { "" };
                println!("{seed} {number} {fill:?} [{state}] {:?} {sql}", found.gaps);
            }
            if let Some(wrong) = found.wrong.first().cloned()
                && report.first(&wrong)
                && (options.refused || wrong.class != Class::Refused)
            {
                let (sql, wrong) = shrink(&judge, server, query, wrong, random)?;
                report.fail(Failure {
                    seed,
                    class: wrong.class,
                    what: wrong.what,
                    schema: needed(&model, &sql),
                    sql,
                    fill,
                    rows: rows.clone(),
                });
            }
            if fill != Fill::Empty {
                all.gave_rows |= found.gave_rows;
            }
            all.ran += found.ran;
            all.failed += found.failed;
            all.refused = all.refused.take().or(found.refused);
            all.failure = all.failure.take().or(found.failure);
            all.wrong.extend(found.wrong);
            if all.gaps.is_empty() {
                all.gaps = found.gaps;
            }
        }
    }
    for (verdict, query) in verdicts.iter().zip(&queries) {
        report.count(verdict, query);
    }
    Ok(())
}

fn query(seed: u64, number: u64, lang: &Lang, model: &Model) -> Node {
    let mut state = Gen::new(Rng::new(&[seed, number]), lang, model);
    let depth = state.between(1, 3);
    if state.chance(28) { state.change(depth) } else { state.select(depth) }
}

/// The smallest query found that is wrong in the same way.
fn shrink(
    judge: &Judge<'_>,
    server: &mut dyn Server,
    query: &Node,
    wrong: Wrong,
    random: impl Fn() -> Rng,
) -> Result<(String, Wrong)> {
    let (mut query, mut wrong) = (query.clone(), wrong);
    let mut left = if wrong.class == Class::Refused { SHRINKING / 8 } else { SHRINKING };
    let mut from = 0;
    loop {
        let smaller = query.smaller();
        let count = smaller.len();
        let mut found = None;
        for step in 0..count {
            let at = (from + step) % count;
            if left == 0 {
                return Ok((query.sql(), wrong));
            }
            left -= 1;
            let sql = smaller[at].sql();
            if sql.len() > query.sql().len() {
                continue;
            }
            let verdict = judge.judge(server, &sql, &mut random())?;
            if let Some(same) = verdict.wrong.into_iter().find(|other| {
                let same = other.class == wrong.class;
                same && (other.class != Class::Refused || shape(&other.what) == shape(&wrong.what))
            }) {
                found = Some((at, same));
                break;
            }
        }
        let Some((at, same)) = found else { return Ok((query.sql(), wrong)) };
        query = smaller[at].clone();
        wrong = same;
        from = at;
    }
}

/// The statements of the schema that a query needs, by the names that it speaks of.
fn needed(model: &Model, sql: &str) -> Vec<String> {
    let mut text = sql.to_owned();
    let mut needed = Vec::new();
    for statement in model.statements.iter().rev() {
        if names(statement).iter().all(|name| text.contains(name)) {
            text += statement;
            needed.push(statement.clone());
        }
    }
    needed.reverse();
    needed
}

/// The names of what a statement makes or changes, any of which may be what others know it by.
fn names(statement: &str) -> Vec<&str> {
    let rest = match statement.split_once(" on ") {
        Some((head, rest)) if head.starts_with("create unique index") => rest,
        _ => statement.splitn(3, ' ').nth(2).unwrap_or(""),
    };
    let mut found = vec![first_name(rest)];
    if let Some((_, new)) = statement.split_once(" rename to ") {
        found = vec![first_name(new)];
    }
    found
}

fn first_name(text: &str) -> &str {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '`'));
    match quote {
        Some(quote) => text[1..].find(quote).map_or(text, |end| &text[..end + 2]),
        None => text.split([' ', '(', ';']).next().unwrap_or(text),
    }
}

/// A reason without the names and numbers that are its own.
fn shape(text: &str) -> String {
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
    /// Counts it, and says whether it is one of the first of its kind.
    fn first(&mut self, wrong: &Wrong) -> bool {
        let count = self.wrong.entry((wrong.class, shape(&wrong.what))).or_default();
        *count += 1;
        *count <= 1
    }

    fn fail(&mut self, failure: Failure) {
        println!("{failure}");
        self.failures.push(failure);
    }

    fn count(&mut self, verdict: &Verdict, query: &Node) {
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
