//! Dates and times to and from ISO 8601 text, as SQL writes it: `2020-01-31 12:00:00.5+01:00`.

use std::{error::Error, fmt, str::FromStr};

use super::temporal::{Date, Interval, SECONDS_PER_DAY, Time, Timestamp, Timestamptz, Timetz};

/// Text that is no such date or time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseTemporalError {
    what: &'static str,
}

impl fmt::Display for ParseTemporalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a valid {}", self.what)
    }
}

impl Error for ParseTemporalError {}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.year_month_day();
        let sign = if year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second, nanos) = self.hour_minute_second_nano();
        write!(f, "{hour:02}:{minute:02}:{second:02}")?;
        match nanos {
            0 => Ok(()),
            _ if nanos % 1_000_000 == 0 => write!(f, ".{:03}", nanos / 1_000_000),
            _ if nanos % 1_000 == 0 => write!(f, ".{:06}", nanos / 1_000),
            _ => write!(f, ".{nanos:09}"),
        }
    }
}

impl fmt::Display for Timetz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let offset = self.offset.unsigned_abs();
        write!(f, "{}{sign}{:02}:{:02}", self.time, offset / 3600, offset / 60 % 60)?;
        match offset % 60 {
            0 => Ok(()),
            seconds => write!(f, ":{seconds:02}"),
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.date(), self.time())
    }
}

impl fmt::Display for Timestamptz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+00:00", self.utc())
    }
}

/// As ISO 8601's durations: `P1Y2M3DT4H5M6.5S`, `PT0S`. A sign belongs to its own part: `P1M-2DT-3H`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        let part = |f: &mut fmt::Formatter<'_>, count: i64, unit: char| match count {
            0 => Ok(()),
            _ => write!(f, "{count}{unit}"),
        };
        part(f, i64::from(self.months / 12), 'Y')?;
        part(f, i64::from(self.months % 12), 'M')?;
        part(f, i64::from(self.days), 'D')?;
        if self.micros == 0 {
            return f.write_str(if self.months == 0 && self.days == 0 { "T0S" } else { "" });
        }
        f.write_str("T")?;
        part(f, self.micros / 3_600_000_000, 'H')?;
        part(f, self.micros / 60_000_000 % 60, 'M')?;
        let micros = self.micros % 60_000_000;
        if micros == 0 {
            return Ok(());
        }
        let sign = if micros < 0 { "-" } else { "" };
        let (seconds, fraction) = (micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000);
        write!(f, "{sign}{seconds}")?;
        if fraction > 0 {
            let digits = format!("{fraction:06}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("S")
    }
}

/// What is left of a text that is read from its start.
struct Rest<'t>(&'t [u8]);

impl Rest<'_> {
    fn eat(&mut self, byte: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[byte])?;
        Some(())
    }

    /// A run of digits of a length in the range.
    fn digits(&mut self, min: usize, max: usize) -> Option<i64> {
        let count = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count < min || count > max {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        Some(digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
    }

    /// Two digits, whatever follows.
    fn two(&mut self) -> Option<i32> {
        let (two, rest) = self.0.split_at_checked(2)?;
        self.0 = rest;
        two.iter().try_fold(0, |number, byte| Some(number * 10 + char::from(*byte).to_digit(10)? as i32))
    }

    fn date(&mut self) -> Option<Date> {
        let negative = self.eat(b'-').is_some();
        let year = self.digits(4, 7)? as i32;
        self.eat(b'-')?;
        let month = self.digits(2, 2)? as u8;
        self.eat(b'-')?;
        let day = self.digits(2, 2)? as u8;
        Date::new(if negative { -year } else { year }, month, day)
    }

    /// `hh:mm`, `hh:mm:ss`, `hh:mm:ss.fraction`; digits below a nanosecond are dropped.
    fn time(&mut self) -> Option<Time> {
        let hour = self.digits(2, 2)? as u8;
        self.eat(b':')?;
        let minute = self.digits(2, 2)? as u8;
        let (mut second, mut nanos) = (0, 0);
        if self.eat(b':').is_some() {
            second = self.digits(2, 2)? as u8;
            if self.eat(b'.').is_some() {
                let count = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let (digits, rest) = self.0.split_at(count);
                self.0 = rest;
                let padded = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
                nanos = padded.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
                if count == 0 {
                    return None;
                }
            }
        }
        Time::new(hour, minute, second, nanos)
    }

    /// `Z`, `+hh`, `+hhmm`, `+hh:mm`, `+hh:mm:ss`, as seconds east of Greenwich.
    fn offset(&mut self) -> Option<i32> {
        if self.eat(b'Z').or_else(|| self.eat(b'z')).is_some() {
            return Some(0);
        }
        let sign = if self.eat(b'+').is_some() { 1 } else { self.eat(b'-').map(|()| -1)? };
        let hour = self.two()?;
        let colon = self.eat(b':').is_some();
        let minute = if colon || !self.0.is_empty() { self.two()? } else { 0 };
        let second = if colon && self.eat(b':').is_some() { self.two()? } else { 0 };
        (hour < 24 && minute < 60 && second < 60).then_some(sign * (hour * 3600 + minute * 60 + second))
    }

    /// A day and a time, with a space or a `T` between them; a day alone is its midnight.
    fn timestamp(&mut self) -> Option<Timestamp> {
        let date = self.date()?;
        let separated = [b' ', b'T', b't'].into_iter().any(|byte| self.eat(byte).is_some());
        let time = if separated { self.time()? } else { Time::MIDNIGHT };
        Some(Timestamp::new(date, time))
    }

    fn end<T>(self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

macro_rules! parse {
    ($($ty:ident $what:literal |$rest:ident| $value:expr;)*) => {$(
        impl FromStr for $ty {
            type Err = ParseTemporalError;

            fn from_str(text: &str) -> Result<Self, ParseTemporalError> {
                let read = |mut $rest: Rest<'_>| {
                    let value = $value;
                    $rest.end(value)
                };
                read(Rest(text.as_bytes())).ok_or(ParseTemporalError { what: $what })
            }
        }
    )*};
}

parse! {
    Date "date" |rest| rest.date()?;
    Time "time" |rest| rest.time()?;
    Timetz "time with time zone" |rest| Timetz { time: rest.time()?, offset: rest.offset()? };
    Timestamp "timestamp" |rest| rest.timestamp()?;
    Timestamptz "timestamp with time zone" |rest| {
        let local = rest.timestamp()?;
        // Without a zone it is UTC, as SQLite's own functions have it.
        let offset = if rest.0.is_empty() { 0 } else { rest.offset()? };
        let seconds = local.seconds() - i64::from(offset);
        debug_assert!(i64::from(offset).abs() < SECONDS_PER_DAY);
        Timestamptz::from_utc(Timestamp::from_seconds(seconds, local.nanos())?)
    };
}
