//! Dates and times as plain integers.
//!
//! They hold what the servers hold and convert to and from what `chrono` and `time` offer, where those features are on.

/// A day of the proleptic Gregorian calendar.
///
/// ```
/// use aio_databases::value::Date;
/// let date = Date::new(2024, 2, 29).unwrap();
/// assert_eq!(date.to_string(), "2024-02-29");
/// assert_eq!("2024-02-29".parse(), Ok(date));
/// assert_eq!(Date::new(2023, 2, 29), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Days since 1970-01-01.
    pub days: i32,
}

/// A time of a day: from 00:00:00 to 24:00:00 inclusive, as PostgreSQL has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    nanos: u64,
}

/// A time of a day and its offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timetz {
    /// The local time.
    pub time: Time,
    /// Seconds east of Greenwich: 3600 for `+01:00`.
    pub offset: i32,
}

/// A day and a time of it, without zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
    nanos: u32,
}

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamptz {
    utc: Timestamp,
}

/// Months, days and microseconds, which PostgreSQL keeps apart: a month is not always 30 days, a day not always 24 hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Interval {
    /// Months.
    pub months: i32,
    /// Days.
    pub days: i32,
    /// Microseconds.
    pub micros: i64,
}

pub(crate) const NANOS_PER_SECOND: u64 = 1_000_000_000;
pub(crate) const SECONDS_PER_DAY: i64 = 86_400;
const NANOS_PER_DAY: u64 = SECONDS_PER_DAY as u64 * NANOS_PER_SECOND;

impl Date {
    /// A day by its year, month (1 to 12) and day of the month; `None` where there is no such day.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            _ => return None,
        };
        if !(1..=last).contains(&day) {
            return None;
        }
        // Years begin in March, so that the leap day is a year's last.
        let (month, day) = (i64::from(month), i64::from(day));
        let year = i64::from(year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = i32::try_from(era * 146_097 + day_of_era - 719_468).ok()?;
        Some(Date { days })
    }

    /// Year, month (1 to 12) and day of the month (1 to 31).
    pub fn year_month_day(self) -> (i32, u8, u8) {
        let days = i64::from(self.days) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year as i32, month as u8, day as u8)
    }
}

impl Time {
    /// 00:00:00.
    pub const MIDNIGHT: Time = Time { nanos: 0 };

    /// 24:00:00.
    pub const MAX: Time = Time { nanos: NANOS_PER_DAY };

    /// A time by hour, minute, second and nanosecond; `None` where there is no such time.
    pub fn new(hour: u8, minute: u8, second: u8, nanos: u32) -> Option<Self> {
        if minute > 59 || second > 59 || u64::from(nanos) >= NANOS_PER_SECOND {
            return None;
        }
        let seconds = u64::from(hour) * 3600 + u64::from(minute) * 60 + u64::from(second);
        Time::from_nanos(seconds * NANOS_PER_SECOND + u64::from(nanos))
    }

    /// A time by the nanoseconds since midnight; `None` above those of a day.
    pub fn from_nanos(nanos: u64) -> Option<Self> {
        (nanos <= NANOS_PER_DAY).then_some(Time { nanos })
    }

    /// Nanoseconds since midnight.
    pub fn nanos(self) -> u64 {
        self.nanos
    }

    /// Hour (0 to 24), minute, second and nanosecond.
    pub fn hour_minute_second_nano(self) -> (u8, u8, u8, u32) {
        let seconds = self.nanos / NANOS_PER_SECOND;
        let nanos = (self.nanos % NANOS_PER_SECOND) as u32;
        ((seconds / 3600) as u8, (seconds / 60 % 60) as u8, (seconds % 60) as u8, nanos)
    }
}

impl Timestamp {
    /// A day and a time of it.
    pub fn new(date: Date, time: Time) -> Self {
        let (seconds, nanos) = (time.nanos / NANOS_PER_SECOND, time.nanos % NANOS_PER_SECOND);
        Timestamp { seconds: i64::from(date.days) * SECONDS_PER_DAY + seconds as i64, nanos: nanos as u32 }
    }

    /// By the seconds since 1970-01-01 00:00:00 and the nanoseconds above them; `None` for more nanoseconds than a second has, or
    /// a day that [`Date`] does not hold.
    pub fn from_seconds(seconds: i64, nanos: u32) -> Option<Self> {
        let fits = i32::try_from(seconds.div_euclid(SECONDS_PER_DAY)).is_ok();
        (fits && u64::from(nanos) < NANOS_PER_SECOND).then_some(Timestamp { seconds, nanos })
    }

    /// By the microseconds since 1970-01-01 00:00:00.
    pub fn from_micros(micros: i64) -> Self {
        Timestamp {
            seconds: micros.div_euclid(1_000_000),
            nanos: micros.rem_euclid(1_000_000) as u32 * 1_000,
        }
    }

    /// Whole seconds since 1970-01-01 00:00:00, rounded down.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds above [`seconds`](Self::seconds).
    pub fn nanos(self) -> u32 {
        self.nanos
    }

    /// Microseconds since 1970-01-01 00:00:00, rounded down; `None` where an `i64` does not hold them.
    pub fn micros(self) -> Option<i64> {
        self.seconds.checked_mul(1_000_000)?.checked_add(i64::from(self.nanos / 1_000))
    }

    /// This much earlier, within the days that [`Date`] holds.
    #[cfg(feature = "time")]
    pub(crate) fn minus_seconds(self, seconds: i64) -> Self {
        let (first, last) =
            (i64::from(i32::MIN) * SECONDS_PER_DAY, (i64::from(i32::MAX) + 1) * SECONDS_PER_DAY - 1);
        Timestamp { seconds: self.seconds.saturating_sub(seconds).clamp(first, last), ..self }
    }

    /// The day.
    pub fn date(self) -> Date {
        // Every constructor sees to it that the day fits, but for 24:00:00 on the last of all.
        Date { days: i32::try_from(self.seconds.div_euclid(SECONDS_PER_DAY)).unwrap_or(i32::MAX) }
    }

    /// The time of the day.
    pub fn time(self) -> Time {
        let seconds = self.seconds.rem_euclid(SECONDS_PER_DAY) as u64;
        Time { nanos: seconds * NANOS_PER_SECOND + u64::from(self.nanos) }
    }
}

impl Timestamptz {
    /// The instant at which it is this day and time in UTC.
    pub fn from_utc(utc: Timestamp) -> Self {
        Timestamptz { utc }
    }

    /// The day and time in UTC.
    pub fn utc(self) -> Timestamp {
        self.utc
    }
}
