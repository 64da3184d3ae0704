//! Any text gets an answer: no panic, no hang, bounded memory, in a debug build and a thread with a small stack.
//!
//! `HOSTILE=COUNT:SEED cargo test -p aio-databases-analyzer --test hostile` reads that many broken texts instead of the
//! few that each run reads.

use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use aio_databases_analyzer::Schema;
use aio_databases_sql::{Dialect, Template, lex, split};

#[path = "hostile/broken.rs"]
mod broken;
#[path = "hostile/corpus.rs"]
mod corpus;
#[path = "hostile/shapes.rs"]
mod shapes;

/// The stack of a thread that nobody asked to be larger: rustc's own, in which macros run, has four times that.
const STACK: usize = 2 << 20;
/// How long one text may take: far more than any takes, far less than what grows exponentially.
const PATIENCE: Duration = Duration::from_secs(60);
/// How much memory the process may take, in kilobytes.
const MEMORY: usize = 1 << 20;

/// Runs `work` on a small stack; what it is about is sent before it starts, so that a hang has a name.
fn on_a_small_stack(work: impl FnOnce(&dyn Fn(String)) + Send + 'static) {
    let (starts, started) = mpsc::channel();
    let worker = thread::Builder::new().stack_size(STACK).spawn(move || {
        work(&|text| starts.send(text).expect("the watcher outlives the worker"));
    });
    let worker = worker.expect("a thread starts");
    let mut current = String::from("nothing");
    loop {
        match started.recv_timeout(PATIENCE) {
            Ok(next) => current = next,
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("this takes too long: {}", head(&current)),
        }
    }
    if let Err(panic) = worker.join() {
        eprintln!("it was reading: {}", head(&current));
        std::panic::resume_unwind(panic);
    }
    if let Some(used) = peak() {
        assert!(used < MEMORY, "{used} kB were taken, at last by: {}", head(&current));
    }
}

/// The start of a text, which may be long.
fn head(text: &str) -> String {
    text.chars().take(2000).collect()
}

/// The most memory that this process has had, in kilobytes, where the system tells.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Reads a text as a query; every place that is told of lies within it.
fn ask(schema: &Schema, sql: &str) {
    let dialect = schema.catalog().dialect;
    lex(sql, dialect);
    split(sql, dialect).count();
    let Ok(template) = Template::parse(sql, dialect) else { return };
    let answer = schema.analyze(&template);
    let whole = |start: usize, end: usize| assert!(sql.get(start..end).is_some(), "{start}..{end} in {sql}");
    for diagnostic in &answer.diagnostics {
        whole(diagnostic.span.start, diagnostic.span.end);
        assert!(!diagnostic.message.is_empty());
        assert!(
            sql.contains('\u{1}') || !diagnostic.message.contains('\u{1}'),
            "{} in {sql}",
            diagnostic.message
        );
    }
    assert_eq!(answer.params.len(), template.params().len());
    if answer.is_ok() {
        assert!(answer.params.iter().all(|param| param.ty.is_some()), "{sql}");
        assert!(answer.columns.iter().all(|column| column.ty.is_some()), "{sql}");
    }
    answer.columns.iter().for_each(|column| whole(column.span.start, column.span.end));
}

#[test]
fn shapes() {
    on_a_small_stack(|starts| {
        for dialect in Dialect::ALL {
            for (name, setup, query) in shapes::shapes() {
                starts(format!("{name} ({dialect})"));
                let start = Instant::now();
                let mut schema = Schema::new(dialect);
                schema.apply("setup", &setup);
                schema.apply("query", &query);
                ask(&schema, &query);
                if std::env::var_os("HOSTILE").is_some() {
                    println!(
                        "{:>6} ms {:>8} kB  {name} ({dialect})",
                        start.elapsed().as_millis(),
                        peak().unwrap_or(0)
                    );
                }
            }
        }
    });
}

#[test]
fn broken_texts() {
    let told = std::env::var("HOSTILE").ok();
    let (count, seed) = told.as_deref().and_then(|told| told.split_once(':')).unwrap_or(("4000", "1"));
    let count: usize = count.parse().expect("HOSTILE is COUNT:SEED");
    let mut chance = fastrand::Rng::with_seed(seed.parse().expect("HOSTILE is COUNT:SEED"));
    on_a_small_stack(move |starts| {
        let corpus = corpus::read();
        for at in 0..count {
            let section = chance.choice(&corpus).expect("there are sections");
            if chance.bool() {
                let broken = broken::text(&section.queries, &corpus, &mut chance);
                starts(format!("{} {broken}", section.schema.catalog().dialect));
                ask(&section.schema, &broken);
            } else {
                // A schema, and a query over what is left of it.
                let broken = broken::text(std::slice::from_ref(&section.ddl), &corpus, &mut chance);
                let query = chance.choice(&section.queries).expect("there are queries");
                starts(format!("{} {broken}\n-- {at}\n{query}", section.schema.catalog().dialect));
                let mut schema = Schema::new(section.schema.catalog().dialect);
                schema.apply("broken", &broken);
                ask(&schema, query);
            }
        }
    });
}
