//! `time`: `Date`, `Time`, `PrimitiveDateTime`, `OffsetDateTime` and `UtcDateTime`.

use time::{Duration, OffsetDateTime, PrimitiveDateTime, UtcDateTime};

use crate::{
    DecodeError, Raw, Value,
    value::tables::{fits, holds, not_null},
    value::{Date, Interval, Time, Timestamp, Timestamptz},
};

fits! {
    Date as |this| Value::from(*this) => time::Date;
    Time as |this| Value::from(*this) => time::Time;
    Timestamp as |this| Value::from(*this) => PrimitiveDateTime;
    Timestamptz as |this| Value::from(*this) => OffsetDateTime UtcDateTime;
    Interval as |this| interval(*this) => Duration;
    Any as |this| Value::from(*this) => time::Date time::Time PrimitiveDateTime OffsetDateTime UtcDateTime;
    Any as |this| interval(*this) => Duration;
}

not_null!(time::Date time::Time PrimitiveDateTime OffsetDateTime UtcDateTime Duration);

holds! {
    Date by |raw: &Raw<'_>| raw.date()?.try_into() => time::Date;
    Time by |raw: &Raw<'_>| raw.time()?.try_into() => time::Time;
    Timestamp by |raw: &Raw<'_>| raw.timestamp()?.try_into() => PrimitiveDateTime;
    Timestamptz by |raw: &Raw<'_>| raw.timestamptz()?.try_into() => OffsetDateTime UtcDateTime;
    Any by |raw: &Raw<'_>| raw.date()?.try_into() => time::Date;
    Any by |raw: &Raw<'_>| raw.time()?.try_into() => time::Time;
    Any by |raw: &Raw<'_>| raw.timestamp()?.try_into() => PrimitiveDateTime;
    Any by |raw: &Raw<'_>| raw.timestamptz()?.try_into() => OffsetDateTime UtcDateTime;
}

fn interval(duration: Duration) -> Value {
    match i64::try_from(duration.whole_microseconds()) {
        Ok(micros) => Value::Interval(Interval { micros, ..Interval::default() }),
        Err(_) => Value::Invalid("the duration is out of range".into()),
    }
}

/// The Julian day of 1970-01-01.
const EPOCH_JULIAN_DAY: i32 = 2_440_588;

impl From<time::Date> for Date {
    fn from(date: time::Date) -> Self {
        Date { days: date.to_julian_day() - EPOCH_JULIAN_DAY }
    }
}

impl TryFrom<Date> for time::Date {
    type Error = DecodeError;

    fn try_from(date: Date) -> Result<Self, DecodeError> {
        let day = date.days.checked_add(EPOCH_JULIAN_DAY);
        day.and_then(|day| time::Date::from_julian_day(day).ok())
            .ok_or_else(|| DecodeError::out_of_range(date, "time::Date"))
    }
}

impl From<time::Time> for Time {
    fn from(time: time::Time) -> Self {
        let (hour, minute, second, nanos) = time.as_hms_nano();
        // `time` has no leap seconds, so that every time of its is one of ours.
        Time::new(hour, minute, second, nanos).unwrap_or(Time::MAX)
    }
}

impl TryFrom<Time> for time::Time {
    type Error = DecodeError;

    fn try_from(time: Time) -> Result<Self, DecodeError> {
        let (hour, minute, second, nanos) = time.hour_minute_second_nano();
        time::Time::from_hms_nano(hour, minute, second, nanos)
            .map_err(|_| DecodeError::out_of_range(time, "time::Time"))
    }
}

impl From<PrimitiveDateTime> for Timestamp {
    fn from(value: PrimitiveDateTime) -> Self {
        Timestamp::new(value.date().into(), value.time().into())
    }
}

impl TryFrom<Timestamp> for PrimitiveDateTime {
    type Error = DecodeError;

    fn try_from(value: Timestamp) -> Result<Self, DecodeError> {
        Ok(PrimitiveDateTime::new(value.date().try_into()?, value.time().try_into()?))
    }
}

impl From<UtcDateTime> for Timestamptz {
    fn from(value: UtcDateTime) -> Self {
        Timestamptz::from_utc(Timestamp::new(value.date().into(), value.time().into()))
    }
}

impl TryFrom<Timestamptz> for UtcDateTime {
    type Error = DecodeError;

    fn try_from(value: Timestamptz) -> Result<Self, DecodeError> {
        Ok(PrimitiveDateTime::try_from(value.utc())?.as_utc())
    }
}

impl From<OffsetDateTime> for Timestamptz {
    fn from(value: OffsetDateTime) -> Self {
        // Not `to_offset`, which panics beyond the years that `time` holds.
        let local = Timestamp::new(value.date().into(), value.time().into());
        let offset = i64::from(value.offset().whole_seconds());
        Timestamptz::from_utc(local.minus_seconds(offset))
    }
}

impl TryFrom<Timestamptz> for OffsetDateTime {
    type Error = DecodeError;

    fn try_from(value: Timestamptz) -> Result<Self, DecodeError> {
        Ok(PrimitiveDateTime::try_from(value.utc())?.assume_utc())
    }
}

impl From<time::Date> for Value {
    fn from(value: time::Date) -> Self {
        Value::Date(value.into())
    }
}

impl From<time::Time> for Value {
    fn from(value: time::Time) -> Self {
        Value::Time(value.into())
    }
}

impl From<PrimitiveDateTime> for Value {
    fn from(value: PrimitiveDateTime) -> Self {
        Value::Timestamp(value.into())
    }
}

impl From<OffsetDateTime> for Value {
    fn from(value: OffsetDateTime) -> Self {
        Value::Timestamptz(value.into())
    }
}

impl From<UtcDateTime> for Value {
    fn from(value: UtcDateTime) -> Self {
        Value::Timestamptz(value.into())
    }
}

#[cfg(test)]
mod tests {
    use time::{Month, UtcOffset};

    use super::*;

    #[test]
    fn there_and_back() {
        for text in ["1969-12-31", "1970-01-01", "2000-02-29", "-0043-03-15", "9999-12-31"] {
            let ours: Date = text.parse().unwrap();
            let theirs = time::Date::try_from(ours).unwrap();
            assert_eq!(Date::from(theirs), ours);
            let (year, month, day) = ours.year_month_day();
            assert_eq!((theirs.year(), u8::from(theirs.month()), theirs.day()), (year, month, day));
        }
        for text in ["1969-12-31 23:59:59.999999999", "2024-02-29 12:00:00"] {
            let ours: Timestamp = text.parse().unwrap();
            assert_eq!(Timestamp::from(PrimitiveDateTime::try_from(ours).unwrap()), ours);
            let instant = Timestamptz::from_utc(ours);
            assert_eq!(Timestamptz::from(OffsetDateTime::try_from(instant).unwrap()), instant);
            assert_eq!(Timestamptz::from(UtcDateTime::try_from(instant).unwrap()), instant);
        }
    }

    #[test]
    fn an_instant_is_sent_in_utc() {
        let date = time::Date::from_calendar_date(2020, Month::January, 1).unwrap();
        let local = PrimitiveDateTime::new(date, time::Time::from_hms(1, 30, 0).unwrap());
        let instant = local.assume_offset(UtcOffset::from_hms(2, 0, 0).unwrap());
        assert_eq!(Timestamptz::from(instant).to_string(), "2019-12-31 23:30:00+00:00");
    }

    #[test]
    fn what_time_does_not_hold_is_out_of_range() {
        assert!(time::Date::try_from(Date { days: i32::MAX }).is_err());
        assert!(time::Date::try_from(Date::new(10_000, 1, 1).unwrap()).is_err());
        assert!(time::Time::try_from("24:00:00".parse::<Time>().unwrap()).is_err());
    }
}
