//! The analyzer's verdicts beside the server's.

use std::{
    collections::{BTreeSet, HashSet},
    fmt::Write as _,
};

use aio_databases::Backend;
use aio_databases_analyzer::{Analysis, Diagnostic, Schema, Severity, Type};
use aio_databases_sql::{Template, TokenKind, lex};
use fastrand::Rng;

use crate::{
    corpus,
    mutate::mutate,
    servers::{Types, Verdict},
};

/// What is refused although it may be right: it asks for a cast, or names what is not built.
const ASKS: [&str; 3] = ["untyped-column", "untyped-param", "unsupported"];

/// What the server takes when it prepares, and refuses whenever it runs.
const FAILS_WHEN_RUN: [&str; 3] = ["left-out", "null-into-not-null", "unknown-conflict-target"];

/// How many of a hundred that the server refuses must be refused. MariaDB and SQLite have words of their own that the
/// parser does not know to be reserved.
const fn least(backend: Backend) -> usize {
    match backend {
        Backend::Postgres => 99,
        Backend::Sqlite => 96,
        Backend::Mysql => 95,
    }
}

/// Of how many that the server takes one may be refused: what no one writes, such as PostgreSQL's `from user` and
/// SQLite's `cast(a as)`, and what MariaDB looks at only when it runs it.
const MOST_ALARMS: usize = 50;

#[derive(Default)]
struct Tally {
    refused: usize,
    taken: usize,
    asked: usize,
    missed: Vec<String>,
    alarms: Vec<String>,
    misplaced: Vec<String>,
    mistyped: Vec<String>,
}

/// Breaks the corpus's queries, `count` of them unless the environment says otherwise, and compares the verdicts.
/// `release` is the server's, where that matters.
pub(crate) fn hold(
    backend: Backend,
    release: Option<u8>,
    count: usize,
    mut ask: impl FnMut(&str) -> Verdict,
) {
    let told = std::env::var("MUTANTS").ok();
    let told = told.as_deref().map(|told| told.split_once(':').expect("MUTANTS is COUNT:SEED"));
    let (count, seed) = told
        .map_or((count, 1), |(count, seed)| (count.parse().expect("a count"), seed.parse().expect("a seed")));
    let mut chance = Rng::with_seed(seed);
    let mut schema = corpus::schema(backend);
    schema.set_release(release);
    let groups = corpus::groups(backend).filter(|group| *group != "mistakes" && *group != "not_known_yet");
    let groups: BTreeSet<&str> = groups.collect();
    let queries = groups.iter().flat_map(|group| corpus::queries(backend, group));
    // Some are for later releases than the server's.
    let taken = |sql: &&str| {
        let template = Template::parse(sql, backend.dialect()).expect("a good query has a template");
        matches!(ask(&template.render().sql), Verdict::Taken(_))
    };
    let queries: Vec<&str> = queries.filter(taken).collect();
    let names = names(&queries, backend);
    let (mut seen, mut tally) = (HashSet::new(), Tally::default());
    while seen.len() < count {
        let good = *chance.choice(&queries).expect("there are queries");
        let Some((how, broken)) = mutate(good, backend.dialect(), &names, &mut chance) else { continue };
        if seen.insert(broken.clone()) {
            tally.add(&schema, how, &broken, &mut ask);
        }
    }
    tally.report(backend);
}

/// The names that the queries have: to be put where they do not belong.
fn names(queries: &[&str], backend: Backend) -> Vec<String> {
    let words = queries.iter().flat_map(|sql| {
        let words = lex(sql, backend.dialect()).into_iter().filter(|token| token.kind == TokenKind::Word);
        words.map(|token| token.span.of(sql).to_owned())
    });
    words.collect::<BTreeSet<_>>().into_iter().collect()
}

impl Tally {
    fn add(&mut self, schema: &Schema, how: &str, sql: &str, ask: &mut impl FnMut(&str) -> Verdict) {
        let template = Template::parse(sql, schema.catalog().dialect);
        let said = template.as_ref().ok().map(|template| schema.analyze(template));
        let rendered = template.as_ref().map_or(sql.into(), |template| template.render().sql);
        let errors: Vec<&Diagnostic> = said.iter().flat_map(errors).collect();
        let verdict = ask(&rendered);
        let line = |told: &str| format!("{sql}\n    [{how}] {told}");
        for error in &errors {
            let place = error.span;
            let end = sql.trim_end_matches([' ', '\n', ';']).len();
            if place.start > place.end || place.end > sql.len() || place.start == place.end && place.end < end
            {
                self.misplaced.push(line(&format!("{place:?}: {}", error.message)));
            }
        }
        match (verdict, &said) {
            (Verdict::Refused(why), Some(said)) => {
                self.refused += 1;
                if said.is_ok() {
                    self.missed.push(line(&why));
                }
            }
            (Verdict::Refused(_), None) => self.refused += 1,
            (Verdict::Taken(types), Some(said)) => {
                self.taken += 1;
                if let Some(wrong) = errors.iter().find(|error| is_alarm(error)) {
                    self.alarms.push(line(&wrong.message));
                } else if !errors.is_empty() {
                    self.asked += 1;
                } else if let Some(types) = types {
                    self.compare(said, &types, line);
                }
            }
            (Verdict::Taken(_), None) => self.taken += 1,
        }
    }

    fn compare(&mut self, said: &Analysis, seen: &Types, line: impl Fn(&str) -> String) {
        let said: [Vec<Option<&Type>>; 2] = [
            said.columns.iter().map(|column| column.ty.as_ref()).collect(),
            said.params.iter().map(|param| param.ty.as_ref()).collect(),
        ];
        for (said, seen) in said.iter().zip([&seen.columns, &seen.params]) {
            let same = said.len() == seen.len()
                && said
                    .iter()
                    .zip(seen)
                    .all(|(said, seen)| said.is_none_or(|said| said.underlying().to_string() == *seen));
            if !same {
                let said: Vec<String> =
                    said.iter().map(|ty| ty.map_or("?".to_owned(), ToString::to_string)).collect();
                self.mistyped.push(line(&format!("{said:?}, the server says {seen:?}")));
            }
        }
    }

    fn report(self, backend: Backend) {
        let mut text = String::new();
        let lists = [
            ("refused by the server alone", &self.missed),
            ("refused by the analyzer alone", &self.alarms),
            ("refused without a place", &self.misplaced),
            ("with other types than the server's", &self.mistyped),
        ];
        for (what, list) in &lists {
            let _ = writeln!(text, "{} {what}", list.len());
        }
        println!(
            "{backend}: of {} that the server refuses and {} that it takes ({} of these ask for a cast):\n{text}",
            self.refused, self.taken, self.asked
        );
        for (what, list) in lists {
            for line in list {
                let _ = write!(text, "\n{what}:\n{line}\n");
            }
        }
        if std::env::var_os("MUTANTS").is_some() {
            println!("{text}");
        }
        assert!(self.refused > self.taken, "most broken queries are refused");
        assert!(self.missed.len() * 100 <= self.refused * (100 - least(backend)), "{text}");
        assert!(self.alarms.len() * MOST_ALARMS <= self.taken, "{text}");
        assert!(self.misplaced.is_empty() && self.mistyped.is_empty(), "{text}");
    }
}

fn errors(said: &Analysis) -> impl Iterator<Item = &Diagnostic> {
    said.diagnostics.iter().filter(|found| found.severity == Severity::Error)
}

fn is_alarm(error: &Diagnostic) -> bool {
    !ASKS.contains(&error.code) && !FAILS_WHEN_RUN.contains(&error.code)
}
