//! What is told to `tracing`.

use std::{
    fmt::{self, Write as _},
    sync::{Arc, Mutex},
    time::Duration,
};

use aio_databases::Database;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::bench;

/// Writes down whatever is told.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<String>>);

impl Notes {
    fn note(&self, what: &str, record: impl FnOnce(&mut Text)) {
        let mut text = Text(format!("{what}:"));
        record(&mut text);
        text.0.push('\n');
        self.0.lock().unwrap().push_str(&text.0);
    }
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Subscriber for Notes {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("aio_databases")
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        self.note("span", |text| span.record(text));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        self.note("record", |text| values.record(text));
    }

    fn event(&self, event: &Event<'_>) {
        self.note(event.metadata().level().as_str(), |text| event.record(text));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn a_span_a_query_and_a_warning_for_a_slow_one() {
    for (name, url, _folder) in bench::urls() {
        let notes = Notes::default();
        let _guard = tracing::subscriber::set_default(notes.clone());
        let db = Database::builder(&url).slow_query(Duration::ZERO).open().await.unwrap();
        db.fetchall("select 1", ()).await.unwrap();
        // Another thread that came first has no subscriber, and `tracing` took its word for all.
        tracing::callsite::rebuild_interest_cache();
        db.fetchall("select $1 as told union all select 'b'", ("hidden argument",)).await.unwrap();
        let told = notes.0.lock().unwrap().clone();
        let system = match name {
            "postgres" => "postgresql",
            "mysql" => "mysql",
            _ => "sqlite",
        };
        for part in [
            &format!("db.system.name=\"{system}\"") as &str,
            "db.query.text=\"select ",
            "as told union all select 'b'\"",
            "db.response.returned_rows=2",
            "code.file.path=\"runtime/tests/it/trace.rs\"",
            "code.line.number=",
            "WARN: message=slow query",
            "DEBUG: message=query db.system.name=",
            "elapsed_ms=",
        ] {
            assert!(told.contains(part), "{name}: no {part} in\n{told}");
        }
        assert!(!told.contains("hidden"), "{told}");
    }
}
