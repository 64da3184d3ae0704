//! `chrono`: `NaiveDate`, `NaiveTime`, `NaiveDateTime`, `DateTime<Utc>` and `DateTime<FixedOffset>`.

use chrono::{
    DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc,
};

use crate::{
    DecodeError, Encode, NotNull, Raw, Value,
    value::sql_types as sql,
    value::tables::{fits, holds, not_null},
    value::{Date, Interval, Time, Timestamp, Timestamptz},
};

fits! {
    Date as |this| Value::Date((*this).into()) => NaiveDate;
    Time as |this| Value::Time((*this).into()) => NaiveTime;
    Timestamp as |this| Value::Timestamp((*this).into()) => NaiveDateTime;
    Interval as |this| interval(*this) => TimeDelta;
    Any as |this| Value::Date((*this).into()) => NaiveDate;
    Any as |this| Value::Time((*this).into()) => NaiveTime;
    Any as |this| Value::Timestamp((*this).into()) => NaiveDateTime;
    Any as |this| interval(*this) => TimeDelta;
}

not_null!(NaiveDate NaiveTime NaiveDateTime TimeDelta);

/// In any zone: what is sent is the instant.
#[diagnostic::do_not_recommend]
impl<Tz: TimeZone> Encode<sql::Timestamptz> for DateTime<Tz> {
    fn encode(&self) -> Value {
        Value::Timestamptz(self.into())
    }
}

#[diagnostic::do_not_recommend]
impl<Tz: TimeZone> Encode<sql::Any> for DateTime<Tz> {
    fn encode(&self) -> Value {
        Value::Timestamptz(self.into())
    }
}

#[diagnostic::do_not_recommend]
impl<Tz: TimeZone> NotNull for DateTime<Tz> {}

holds! {
    Date by |raw: &Raw<'_>| raw.date()?.try_into() => NaiveDate;
    Time by |raw: &Raw<'_>| raw.time()?.try_into() => NaiveTime;
    Timestamp by |raw: &Raw<'_>| raw.timestamp()?.try_into() => NaiveDateTime;
    Timestamptz by |raw: &Raw<'_>| raw.timestamptz()?.try_into() => DateTime<Utc> DateTime<FixedOffset>;
    Any by |raw: &Raw<'_>| raw.date()?.try_into() => NaiveDate;
    Any by |raw: &Raw<'_>| raw.time()?.try_into() => NaiveTime;
    Any by |raw: &Raw<'_>| raw.timestamp()?.try_into() => NaiveDateTime;
    Any by |raw: &Raw<'_>| raw.timestamptz()?.try_into() => DateTime<Utc> DateTime<FixedOffset>;
}

fn interval(delta: TimeDelta) -> Value {
    match delta.num_microseconds() {
        Some(micros) => Value::Interval(Interval { micros, ..Interval::default() }),
        None => Value::Invalid("the duration is out of range".into()),
    }
}

impl From<NaiveDate> for Date {
    fn from(date: NaiveDate) -> Self {
        Date { days: date.to_epoch_days() }
    }
}

impl TryFrom<Date> for NaiveDate {
    type Error = DecodeError;

    fn try_from(date: Date) -> Result<Self, DecodeError> {
        NaiveDate::from_epoch_days(date.days).ok_or_else(|| DecodeError::out_of_range(date, "NaiveDate"))
    }
}

/// A leap second becomes the second after it.
impl From<NaiveTime> for Time {
    fn from(time: NaiveTime) -> Self {
        let nanos =
            u64::from(time.num_seconds_from_midnight()) * 1_000_000_000 + u64::from(time.nanosecond());
        // Beyond the day there can only be its leap second: then it is 24:00:00.
        Time::from_nanos(nanos).unwrap_or(Time::MAX)
    }
}

impl TryFrom<Time> for NaiveTime {
    type Error = DecodeError;

    fn try_from(time: Time) -> Result<Self, DecodeError> {
        let (hour, minute, second, nanos) = time.hour_minute_second_nano();
        NaiveTime::from_hms_nano_opt(hour.into(), minute.into(), second.into(), nanos)
            .ok_or_else(|| DecodeError::out_of_range(time, "NaiveTime"))
    }
}

/// A leap second becomes the second after it.
impl From<NaiveDateTime> for Timestamp {
    fn from(value: NaiveDateTime) -> Self {
        Timestamp::new(value.date().into(), value.time().into())
    }
}

impl TryFrom<Timestamp> for NaiveDateTime {
    type Error = DecodeError;

    fn try_from(value: Timestamp) -> Result<Self, DecodeError> {
        DateTime::from_timestamp(value.seconds(), value.nanos())
            .map(|instant| instant.naive_utc())
            .ok_or_else(|| DecodeError::out_of_range(value, "NaiveDateTime"))
    }
}

impl<Tz: TimeZone> From<&DateTime<Tz>> for Timestamptz {
    fn from(value: &DateTime<Tz>) -> Self {
        Timestamptz::from_utc(value.naive_utc().into())
    }
}

impl TryFrom<Timestamptz> for DateTime<Utc> {
    type Error = DecodeError;

    fn try_from(value: Timestamptz) -> Result<Self, DecodeError> {
        NaiveDateTime::try_from(value.utc()).map(|utc| utc.and_utc())
    }
}

impl TryFrom<Timestamptz> for DateTime<FixedOffset> {
    type Error = DecodeError;

    fn try_from(value: Timestamptz) -> Result<Self, DecodeError> {
        DateTime::<Utc>::try_from(value).map(|instant| instant.fixed_offset())
    }
}

impl From<NaiveDate> for Value {
    fn from(value: NaiveDate) -> Self {
        Value::Date(value.into())
    }
}

impl From<NaiveTime> for Value {
    fn from(value: NaiveTime) -> Self {
        Value::Time(value.into())
    }
}

impl From<NaiveDateTime> for Value {
    fn from(value: NaiveDateTime) -> Self {
        Value::Timestamp(value.into())
    }
}

impl<Tz: TimeZone> From<DateTime<Tz>> for Value {
    fn from(value: DateTime<Tz>) -> Self {
        Value::Timestamptz((&value).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn there_and_back() {
        for text in ["1969-12-31", "1970-01-01", "2000-02-29", "2024-12-31", "0001-01-01"] {
            let date = date(text);
            assert_eq!(Date::from(date).to_string(), text);
            assert_eq!(NaiveDate::try_from(Date::from(date)).unwrap(), date);
        }
        for text in ["1969-12-31T23:59:59.999999999", "2024-02-29T12:00:00", "1899-01-01T00:00:00.5"] {
            let value: NaiveDateTime = text.parse().unwrap();
            assert_eq!(NaiveDateTime::try_from(Timestamp::from(value)).unwrap(), value);
            let instant = value.and_utc();
            assert_eq!(DateTime::<Utc>::try_from(Timestamptz::from(&instant)).unwrap(), instant);
        }
    }

    #[test]
    fn an_instant_is_sent_in_utc() {
        let instant: DateTime<FixedOffset> = "2020-01-01T01:30:00+02:00".parse().unwrap();
        assert_eq!(Timestamptz::from(&instant).to_string(), "2019-12-31 23:30:00+00:00");
    }

    #[test]
    fn a_leap_second_is_the_second_after_it() {
        let leap = NaiveTime::from_hms_milli_opt(23, 59, 59, 1_500).unwrap();
        assert_eq!(Time::from(leap).to_string(), "24:00:00");
        let leap = date("2016-12-31").and_hms_milli_opt(12, 59, 59, 1_500).unwrap();
        assert_eq!(Timestamp::from(leap).to_string(), "2016-12-31 13:00:00.500");
    }

    #[test]
    fn what_chrono_does_not_hold_is_out_of_range() {
        assert!(NaiveDate::try_from(Date { days: i32::MAX }).is_err());
        assert!(NaiveTime::try_from("24:00:00".parse::<Time>().unwrap()).is_err());
    }
}
