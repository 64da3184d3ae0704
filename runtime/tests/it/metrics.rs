//! What the `metrics` facade gets.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use aio_databases::{Database, Error};
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

/// The last value of each gauge, the sum of each counter, and how often each histogram was used.
#[derive(Clone, Default)]
struct Values(Arc<Mutex<BTreeMap<String, f64>>>);

struct Meter(Values, String);

impl Meter {
    fn add(&self, value: f64) {
        *self.0.0.lock().unwrap().entry(self.1.clone()).or_default() += value;
    }
}

impl CounterFn for Meter {
    fn increment(&self, value: u64) {
        self.add(value as f64);
    }

    fn absolute(&self, _: u64) {}
}

impl GaugeFn for Meter {
    fn increment(&self, value: f64) {
        self.add(value);
    }

    fn decrement(&self, value: f64) {
        self.add(-value);
    }

    fn set(&self, value: f64) {
        self.0.0.lock().unwrap().insert(self.1.clone(), value);
    }
}

impl HistogramFn for Meter {
    fn record(&self, _: f64) {
        self.add(1.0);
    }
}

impl Values {
    fn meter(&self, key: &Key) -> Arc<Meter> {
        let labels: Vec<_> = key.labels().map(|label| label.value().to_owned()).collect();
        Arc::new(Meter(self.clone(), format!("{} {}", key.name(), labels.join(" "))))
    }
}

impl Recorder for Values {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.meter(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.meter(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.meter(key))
    }
}

#[tokio::test]
async fn pools_and_queries_are_measured() {
    static VALUES: OnceLock<Values> = OnceLock::new();
    let values = VALUES.get_or_init(|| {
        let values = Values::default();
        metrics::set_global_recorder(values.clone()).unwrap();
        values
    });
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("measured.db").display());
    let db =
        Database::builder(&url).max_size(2).acquire_timeout(Duration::from_millis(50)).open().await.unwrap();
    let value = |name: &str, label: &str| {
        let key = format!("db.client.connection.{name} {url}{label}");
        values.0.lock().unwrap().get(&key).copied().unwrap_or_default()
    };
    let counts = || (value("count", " idle"), value("count", " used"));
    assert_eq!(value("max", ""), 2.0);
    let (one, two) = (db.connection().await.unwrap(), db.connection().await.unwrap());
    assert_eq!(counts(), (0.0, 2.0));
    assert!(matches!(db.connection().await, Err(Error::PoolTimedOut(_))));
    assert_eq!((value("timeouts", ""), value("wait_time", "")), (1.0, 2.0));
    drop(one);
    assert_eq!(counts(), (1.0, 1.0));
    assert_eq!(value("use_time", ""), 1.0);
    two.execute("select 1", ()).await.unwrap();
    drop(two);
    assert_eq!(counts(), (2.0, 0.0));
    assert!(values.0.lock().unwrap().contains_key("db.client.operation.duration sqlite"));
    assert!(db.execute("select nothing", ()).await.is_err());
    assert!(
        values.0.lock().unwrap().keys().any(|key| key.starts_with("db.client.operation.duration sqlite 1"))
    );
}
