//! A run: schemas, their queries, and the report.

use std::{
    cell::RefCell,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use aio_databases_analyzer::Schema;
use aio_databases_sql::Dialect;
use anyhow::Result;

use crate::{
    data::{Fill, rows},
    judge::{Class, Judge, Question, Verdict, Wrong},
    lang::Lang,
    model::Model,
    report::{Failure, Report, shape},
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
    /// How many connections are kept busy at once.
    pub jobs: usize,
}

/// Runs. Returns `None` if there is no server.
///
/// # Errors
///
/// Where the server is not to be reached.
pub fn run(options: &Options) -> Result<Option<Report>> {
    let shared = Shared {
        next: AtomicU64::new(options.seed),
        end: options.time.map(|time| Instant::now() + time),
        report: Mutex::default(),
        stop: AtomicBool::new(false),
    };
    let there = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.jobs)
            .map(|job| {
                let shared = &shared;
                scope.spawn(move || {
                    let done = worker(job, options, shared);
                    // The others need not go on where one can't.
                    shared.stop.fetch_or(done.is_err(), Ordering::Relaxed);
                    done
                })
            })
            .collect();
        let done = workers.into_iter().map(|worker| worker.join().expect("a worker does not panic"));
        done.collect::<Result<Vec<bool>>>()
    })?;
    let report = shared.report.into_inner().expect("no worker panicked");
    Ok(there.contains(&true).then_some(report))
}

/// What the workers of a run share.
struct Shared {
    /// The seed of the next schema.
    next: AtomicU64,
    /// When to stop at the latest.
    end: Option<Instant>,
    report: Mutex<Report>,
    /// Whether a worker failed.
    stop: AtomicBool,
}

impl Shared {
    fn report(&self) -> MutexGuard<'_, Report> {
        self.report.lock().expect("no worker panicked")
    }

    fn done(&self, options: &Options) -> bool {
        let report = self.report();
        report.queries >= options.count
            || report.failures.iter().filter(|failure| failure.class != Class::Refused).count()
                >= options.failures
            || self.end.is_some_and(|end| Instant::now() >= end)
            || self.stop.load(Ordering::Relaxed)
    }
}

/// Generates schemas on its own connection until all are done. Returns false if there is no server.
fn worker(job: usize, options: &Options, shared: &Shared) -> Result<bool> {
    let name = format!("gen_{}_{}_{job}", std::process::id(), options.seed);
    let Some(mut server) = connect(options.dialect, &name)? else { return Ok(false) };
    let mut lang = Lang::new(options.dialect);
    server.fresh()?;
    lang.keep(|name| server.has_function(name));
    while !shared.done(options) {
        let seed = shared.next.fetch_add(1, Ordering::Relaxed);
        let Err(error) = (OneSchema { lang: &lang, seed, options, shared }).check(&mut *server) else {
            continue;
        };
        if !lost(&error) {
            return Err(error);
        }
        // Its own mistake, and what is left of this schema's queries is not asked.
        shared.report().lost(seed, &error);
        server = again(options.dialect, &name)?;
    }
    Ok(true)
}

/// Whether the server is not there any more.
fn lost(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(sqlx::Error::Io(_)))
}

/// A new connection to a server that has ended, when it is back.
fn again(dialect: Dialect, name: &str) -> Result<Box<dyn Server>> {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        match connect(dialect, name) {
            Ok(Some(server)) => return Ok(server),
            Err(error) if Instant::now() >= end => return Err(error),
            _ => std::thread::sleep(Duration::from_millis(200)),
        }
    }
}

/// A schema, and the queries over it.
struct OneSchema<'a> {
    lang: &'a Lang,
    seed: u64,
    options: &'a Options,
    shared: &'a Shared,
}

impl OneSchema<'_> {
    fn check(&self, server: &mut dyn Server) -> Result<()> {
        let mut rng = Rng::new(&[self.seed]);
        server.fresh()?;
        let model = {
            let server = RefCell::new(&mut *server);
            schema(
                &mut rng,
                self.lang,
                &mut |statement| server.borrow_mut().take(statement),
                &mut |relation| server.borrow_mut().column_types(relation),
            )
        };
        self.shared.report().schemas += 1;
        if model.relations.is_empty() {
            return Ok(());
        }
        let mut analyzed = Schema::new(self.lang.dialect);
        analyzed.apply("schema.sql", &model.text());
        for problem in analyzed.problems() {
            self.shared.report().schema_gap(&format!("{problem:?}"), &model.text());
        }
        for what in server.catalog(analyzed.catalog())? {
            let wrong = Wrong { class: Class::Catalog, what };
            self.wrong(server, &model, wrong, Fill::Empty, &[], |_, wrong| Ok((String::new(), wrong)))?;
        }
        let judge = Judge { schema: &analyzed, lang: self.lang, model: &model };
        let queries: Vec<Node> =
            (0..QUERIES).map(|number| query(self.seed, number, self.lang, &model)).collect();
        let mut all: Vec<(Verdict, Option<Question>)> = Vec::new();
        for query in &queries {
            let (verdict, question) = judge.ask(server, &query.sql())?;
            if let Some(wrong) = verdict.wrong.first().cloned() {
                self.wrong(server, &model, wrong, Fill::Empty, &[], |server, wrong| {
                    shrink(query, wrong, |sql| Ok(judge.ask(server, sql)?.0))
                })?;
            }
            all.push((verdict, question));
        }
        self.run(server, &judge, &queries, &mut all)?;
        let mut report = self.shared.report();
        for ((verdict, question), query) in all.iter().zip(&queries) {
            if self.options.verbose {
                println!(
                    "{} {:?} {verdict:?} {}",
                    self.seed,
                    question.as_ref().map(|_| "taken"),
                    query.sql()
                );
            }
            report.count(verdict, query);
        }
        Ok(())
    }

    /// Runs what can be run on tables of each kind.
    fn run(
        &self,
        server: &mut dyn Server,
        judge: &Judge<'_>,
        queries: &[Node],
        all: &mut [(Verdict, Option<Question>)],
    ) -> Result<()> {
        let model = judge.model;
        let tables: Vec<String> = (model.relations.iter())
            .filter(|relation| !relation.view)
            .map(|relation| relation.name.clone())
            .collect();
        let mut fills = vec![Fill::Empty, Fill::Some, Fill::Nulls];
        if self.lang.dialect == Dialect::Sqlite {
            fills.push(Fill::Odd);
        }
        for fill in fills {
            let rows = rows(&mut Rng::new(&[self.seed, fill as u64]), self.lang, model, fill);
            server.fill(&tables, &rows)?;
            let types = fill != Fill::Odd;
            for (number, (query, (verdict, question))) in (0u64..).zip(queries.iter().zip(&mut *all)) {
                let Some(question) = question else { continue };
                // What is known to be wrong is not asked again.
                if !verdict.wrong.is_empty() {
                    continue;
                }
                let random = || Rng::new(&[self.seed, number, fill as u64]);
                judge.run(server, question, &mut random(), types, verdict)?;
                let Some(wrong) = verdict.wrong.first().cloned() else { continue };
                self.wrong(server, model, wrong, fill, &rows, |server, wrong| {
                    shrink(query, wrong, |sql| {
                        let (mut verdict, question) = judge.ask(server, sql)?;
                        if let Some(question) = question {
                            judge.run(server, &question, &mut random(), types, &mut verdict)?;
                        }
                        Ok(verdict)
                    })
                })?;
            }
        }
        Ok(())
    }

    /// Counts a wrong answer, and shows it in its smallest form.
    fn wrong(
        &self,
        server: &mut dyn Server,
        model: &Model,
        wrong: Wrong,
        fill: Fill,
        rows: &[String],
        smallest: impl FnOnce(&mut dyn Server, Wrong) -> Result<(String, Wrong)>,
    ) -> Result<()> {
        let first = self.shared.report().first(&wrong);
        // What only the server refuses is many times the same.
        if wrong.class == Class::Refused && !(first && self.options.refused) {
            return Ok(());
        }
        let (sql, wrong) = smallest(server, wrong)?;
        let schema = if sql.is_empty() { model.statements.clone() } else { needed(model, &sql) };
        let (class, what) = (wrong.class, wrong.what);
        let failure = Failure { seed: self.seed, class, what, sql, fill, schema, rows: rows.to_vec() };
        self.shared.report().fail(failure);
        Ok(())
    }
}

fn query(seed: u64, number: u64, lang: &Lang, model: &Model) -> Node {
    let mut state = Gen::new(Rng::new(&[seed, number]), lang, model);
    let depth = state.between(1, 3);
    if state.chance(28) { state.change(depth) } else { state.select(depth) }
}

/// The smallest query found that is wrong in the same way.
fn shrink(
    query: &Node,
    wrong: Wrong,
    mut judge: impl FnMut(&str) -> Result<Verdict>,
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
            let verdict = judge(&sql)?;
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
