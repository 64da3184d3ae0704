//! What the `metrics` facade gets, by the names of OpenTelemetry's semantic conventions for database clients. Without the feature, nothing is
//! measured.

#[cfg(feature = "metrics")]
pub(crate) use with::{Meters, operation};
#[cfg(not(feature = "metrics"))]
pub(crate) use without::{Meters, operation};

#[cfg(feature = "metrics")]
mod with {
    use std::time::Duration;

    use ::metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

    use crate::options::Options;

    /// The meters of one pool. They belong to the recorder that there is when the pool is made.
    pub(crate) struct Meters {
        idle: Gauge,
        used: Gauge,
        pending: Gauge,
        timeouts: Counter,
        create_time: Histogram,
        wait_time: Histogram,
        use_time: Histogram,
    }

    const POOL: &str = "db.client.connection.pool.name";
    const STATE: &str = "db.client.connection.state";

    impl Meters {
        pub(crate) fn new(name: &str, options: &Options) -> Self {
            let name = || name.to_owned();
            gauge!("db.client.connection.max", POOL => name()).set(options.max_size as f64);
            gauge!("db.client.connection.idle.min", POOL => name()).set(options.min_size as f64);
            Meters {
                idle: gauge!("db.client.connection.count", POOL => name(), STATE => "idle"),
                used: gauge!("db.client.connection.count", POOL => name(), STATE => "used"),
                pending: gauge!("db.client.connection.pending_requests", POOL => name()),
                timeouts: counter!("db.client.connection.timeouts", POOL => name()),
                create_time: histogram!("db.client.connection.create_time", POOL => name()),
                wait_time: histogram!("db.client.connection.wait_time", POOL => name()),
                use_time: histogram!("db.client.connection.use_time", POOL => name()),
            }
        }

        pub(crate) fn counts(&self, idle: usize, used: usize, waiting: usize) {
            self.idle.set(idle as f64);
            self.used.set(used as f64);
            self.pending.set(waiting as f64);
        }

        pub(crate) fn timed_out(&self) {
            self.timeouts.increment(1);
        }

        pub(crate) fn created(&self, time: Duration) {
            self.create_time.record(time.as_secs_f64());
        }

        pub(crate) fn waited(&self, time: Duration) {
            self.wait_time.record(time.as_secs_f64());
        }

        pub(crate) fn used(&self, time: Duration) {
            self.use_time.record(time.as_secs_f64());
        }
    }

    /// A query that has ended.
    pub(crate) fn operation(system: &'static str, time: Duration, code: Option<&str>) {
        const NAME: &str = "db.client.operation.duration";
        let meter = match code {
            None => histogram!(NAME, "db.system.name" => system),
            Some(code) => histogram!(NAME, "db.system.name" => system, "error.type" => code.to_owned()),
        };
        meter.record(time.as_secs_f64());
    }
}

#[cfg(not(feature = "metrics"))]
mod without {
    use std::time::Duration;

    use crate::options::Options;

    pub(crate) struct Meters;

    impl Meters {
        pub(crate) fn new(_: &str, _: &Options) -> Self {
            Meters
        }

        pub(crate) fn counts(&self, _: usize, _: usize, _: usize) {}

        pub(crate) fn timed_out(&self) {}

        pub(crate) fn created(&self, _: Duration) {}

        pub(crate) fn waited(&self, _: Duration) {}

        pub(crate) fn used(&self, _: Duration) {}
    }

    pub(crate) fn operation(_: &'static str, _: Duration, _: Option<&str>) {}
}
