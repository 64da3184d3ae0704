//! What the analyzer takes: `cargo bench -p aio-databases-benches --bench analyzer`.

use aio_databases_benches::{KINDS, Query, Sample};
use aio_databases_sql::{Dialect, Template};
use divan::{Bencher, black_box, counter::ItemsCount};

const DIALECTS: [Dialect; 3] = Dialect::ALL;

/// How many queries a batch has.
const BATCH: usize = 1000;

fn main() {
    divan::main();
}

fn template(query: &Query, dialect: Dialect) -> Template {
    Template::parse(black_box(query.sql), dialect).expect("the sample was checked")
}

#[divan::bench(args = DIALECTS)]
fn schema(bencher: Bencher<'_, '_>, dialect: Dialect) {
    let sample = Sample::of(dialect);
    bencher.bench(|| sample.load());
}

#[divan::bench(name = "template", args = DIALECTS)]
fn templates(bencher: Bencher<'_, '_>, dialect: Dialect) {
    let sample = Sample::of(dialect);
    bencher.counter(ItemsCount::new(sample.queries.len())).bench(|| {
        sample.queries.iter().for_each(|query| drop(black_box(template(query, dialect))));
    });
}

fn kinds() -> impl Iterator<Item = String> {
    DIALECTS.into_iter().flat_map(|dialect| KINDS.map(|kind| format!("{dialect} {kind}")))
}

#[divan::bench(args = kinds())]
fn analyze(bencher: Bencher<'_, '_>, name: &str) {
    let (dialect, kind) = name.split_once(' ').expect("a dialect and a kind");
    let sample = Sample::of(dialect.parse().expect("a dialect"));
    let (schema, queries) = (sample.load(), sample.of_kind(kind));
    bencher.counter(ItemsCount::new(queries.len())).bench(|| {
        for query in &queries {
            black_box(schema.analyze(&template(query, sample.dialect)));
        }
    });
}

#[divan::bench(args = DIALECTS, sample_count = 20)]
fn batch(bencher: Bencher<'_, '_>, dialect: Dialect) {
    let sample = Sample::of(dialect);
    bencher.counter(ItemsCount::new(BATCH)).bench(|| {
        let schema = sample.load();
        for query in sample.queries.iter().cycle().take(BATCH) {
            black_box(schema.analyze(&template(query, dialect)));
        }
    });
}
