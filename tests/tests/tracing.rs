//! What is told to `tracing`: a span a query with OpenTelemetry's names; never an argument, never a password.

use std::{
    fmt::Write as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aio_databases::{Backend, Database, execute, executemany, fetchall, fetchmany};
use aio_databases_tests::on_every_backend;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    instrument::WithSubscriber as _,
    span::{Attributes, Id, Record},
};

/// All that was told, as text: a line for each span, event and late field.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<String>>);

impl Told {
    fn line(&self, head: &str, record: impl FnOnce(&mut Fields)) {
        let mut fields = Fields(head.to_owned());
        record(&mut fields);
        let mut text = self.0.lock().expect("nobody panics");
        text.push_str(&fields.0);
        text.push('\n');
    }

    fn text(&self) -> String {
        self.0.lock().expect("nobody panics").clone()
    }
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl Subscriber for Told {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("aio_databases")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        self.line(&format!("span {}:", span.metadata().name()), |fields| span.record(fields));
        Id::from_u64(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.line("late:", |fields| values.record(fields));
    }

    fn event(&self, event: &Event<'_>) {
        self.line(&format!("event {}:", event.metadata().target()), |fields| event.record(fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

on_every_backend! {
    async fn a_span_for_each_query(db) {
        let told = Told::default();
        let line = line!() + 4;
        let work = async {
            executemany!(db, "insert into users (name, age) values ($1, $2)", [("Ada", 36), ("Alan", 41)]).await?;
            told.0.lock().expect("nobody panics").clear();
            fetchall!(db, "select name from users where age > $1", 40).await
        };
        assert_eq!(work.with_subscriber(told.clone()).await?, [("Alan",)]);
        let text = told.text();
        let (system, slot) = match db.backend() {
            Backend::Sqlite => ("sqlite", "?1"),
            Backend::Postgres => ("postgresql", "$1"),
            Backend::Mysql => ("mysql", "?"),
        };
        let mut lines = text.lines();
        let span = lines.next().unwrap_or_default();
        assert!(span.starts_with("span "), "{text}");
        for field in [
            format!(r#"db.system.name="{system}""#),
            format!(r#"db.query.text="select name from users where age > {slot}""#),
            r#"code.file.path="tests/tests/tracing.rs""#.to_owned(),
            format!("code.line.number={line}"),
        ] {
            assert!(span.contains(&field), "{field}\n{text}");
        }
        assert!(text.contains("db.response.returned_rows=1"), "{text}");
    }

    async fn no_more_rows_are_read_than_are_wanted(db) {
        let rows = (0..1_000).map(|n| (format!("user {n}"), n));
        executemany!(db, "insert into users (name, age) values ($1, $2)", rows).await?;
        let told = Told::default();
        let some = async { fetchmany!(db, 3, "select name from users order by id").await };
        assert_eq!(some.with_subscriber(told.clone()).await?.len(), 3);
        assert!(told.text().contains("db.response.returned_rows=3"), "{}", told.text());
    }

    async fn no_argument_and_no_password_is_told(db) {
        let told = Told::default();
        let work = async {
            execute!(db, "insert into users (name, email) values ($1, $2)", "hidden-name", "hidden-mail").await?;
            let _ = execute!(db, "insert into users (name, email) values ($1, $2)", "hidden-name", "hidden-mail").await;
            db.fetchall("select id from users where name = $1", ("hidden-name",)).await?;
            let other = Database::open(aio_databases_tests::server(db.backend()).filter(|url| !url.is_empty()).unwrap_or("sqlite::memory:".to_owned())).await?;
            other.fetchval::<i64>("select 1", ()).await?;
            other.disconnect().await
        };
        work.with_subscriber(told.clone()).await?;
        let text = told.text();
        assert!(text.lines().count() >= 4, "{text}");
        assert!(!text.contains("hidden") && !text.contains("correct-horse"), "{text}");
    }

    async fn a_slow_query_is_warned_of(db) {
        let told = Told::default();
        let Some(server) = aio_databases_tests::server(db.backend()) else { return Ok(()) };
        let url = if server.is_empty() { "sqlite::memory:".to_owned() } else { server };
        let work = async {
            let slow = Database::builder(url).slow_query(Duration::ZERO).open().await?;
            slow.fetchval::<i64>("select 1", ()).await?;
            slow.disconnect().await
        };
        work.with_subscriber(told.clone()).await?;
        let text = told.text();
        let warning = text.lines().find(|line| line.starts_with("event aio_databases::slow:")).unwrap_or_default();
        assert!(warning.contains("message=slow query") && warning.contains(r#"db.query.text="select 1""#), "{text}");
        assert!(warning.contains("elapsed_ms="), "{text}");
    }
}
