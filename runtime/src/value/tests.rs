use proptest::prelude::*;

use super::*;

/// Text that is read, and how it is written again.
fn check<T>(cases: &[(&str, &str)])
where
    T: std::str::FromStr<Err: fmt::Debug> + fmt::Display + PartialEq + fmt::Debug,
{
    for (text, written) in cases {
        let value: T = text.parse().unwrap_or_else(|error| panic!("{text}: {error:?}"));
        assert_eq!(value.to_string(), *written, "{text}");
        assert_eq!(written.parse::<T>().unwrap(), value, "{text}");
    }
}

fn check_wrong<T: std::str::FromStr + fmt::Debug>(texts: &[&str]) {
    for text in texts {
        assert!(text.parse::<T>().is_err(), "{text}: {:?}", text.parse::<T>().ok());
    }
}

#[test]
fn dates() {
    let days = [
        ("1970-01-01", 0),
        ("1969-12-31", -1),
        ("2000-01-01", 10_957),
        ("2000-02-29", 11_016),
        ("2024-02-29", 19_782),
        ("1900-03-01", -25_508),
        ("0000-03-01", -719_468),
        ("0000-02-29", -719_469),
        ("-0001-12-31", -719_529),
        ("5874897-12-31", 2_145_042_905),
    ];
    for (text, days) in days {
        assert_eq!(text.parse(), Ok(Date { days }), "{text}");
        assert_eq!(Date { days }.to_string(), text);
    }
    check_wrong::<Date>(&[
        "",
        "2023-02-29",
        "1900-02-29",
        "2024-13-01",
        "2024-00-01",
        "2024-01-00",
        "2024-04-31",
        "24-01-01",
        "2024-1-1",
        "2024-01-01 ",
        " 2024-01-01",
        "2024-01-01T00:00:00",
        "2024/01/01",
        "99999999-01-01",
        "２024-01-01",
    ]);
}

#[test]
fn times() {
    check::<Time>(&[
        ("00:00:00", "00:00:00"),
        ("00:00", "00:00:00"),
        ("23:59:59.999999999", "23:59:59.999999999"),
        ("24:00:00", "24:00:00"),
        ("12:30:00.5", "12:30:00.500"),
        ("12:30:00.000001", "12:30:00.000001"),
        ("12:30:00.1234567899", "12:30:00.123456789"),
    ]);
    check_wrong::<Time>(&[
        "",
        "24:00:01",
        "12:60:00",
        "12:00:60",
        "12",
        "1:00:00",
        "12:00:00.",
        "12:00:00+01",
        "-01:00:00",
    ]);
}

#[test]
fn times_with_zone() {
    check::<Timetz>(&[
        ("12:00:00+01", "12:00:00+01:00"),
        ("12:00:00Z", "12:00:00+00:00"),
        ("12:00:00.5-05:30", "12:00:00.500-05:30"),
        ("12:00:00+0030", "12:00:00+00:30"),
        ("12:00:00-00:00:30", "12:00:00-00:00:30"),
    ]);
    check_wrong::<Timetz>(&[
        "12:00:00",
        "12:00:00+24",
        "12:00:00+1",
        "12:00:00+01:60",
        "12:00:00+01:0",
        "12:00:00 +01",
    ]);
}

#[test]
fn timestamps() {
    check::<Timestamp>(&[
        ("1970-01-01 00:00:00", "1970-01-01 00:00:00"),
        ("1969-12-31T23:59:59.5", "1969-12-31 23:59:59.500"),
        ("2024-02-29", "2024-02-29 00:00:00"),
        ("2024-02-29 24:00:00", "2024-03-01 00:00:00"),
    ]);
    check_wrong::<Timestamp>(&[
        "",
        "2024-02-29 ",
        "2024-02-29T",
        "2024-02-29 12",
        "2024-02-29 12:00:00Z",
        "now",
    ]);
    check::<Timestamptz>(&[
        ("2020-01-01 00:00:00", "2020-01-01 00:00:00+00:00"),
        ("2020-01-01T01:30:00+02:00", "2019-12-31 23:30:00+00:00"),
        ("2020-01-01 01:30:00.25-0530", "2020-01-01 07:00:00.250+00:00"),
        ("2020-01-01T00:00:00Z", "2020-01-01 00:00:00+00:00"),
    ]);
    check_wrong::<Timestamptz>(&["", "2020-01-01 00:00:00 UTC", "2020-01-01 00:00:00+99"]);
    let before: Timestamp = "1969-12-31 23:59:59.999999999".parse().unwrap();
    assert_eq!((before.seconds(), before.nanos(), before.micros()), (-1, 999_999_999, Some(-1)));
}

#[test]
fn intervals() {
    let cases = [
        ((0, 0, 0), "PT0S"),
        ((14, 3, 4 * 3_600_000_000 + 5 * 60_000_000 + 6_500_000), "P1Y2M3DT4H5M6.5S"),
        ((0, 1, 0), "P1D"),
        ((-1, 2, -3_600_000_000), "P-1M2DT-1H"),
        ((0, 0, -1), "PT-0.000001S"),
        ((0, 0, 60_000_000), "PT1M"),
    ];
    for ((months, days, micros), text) in cases {
        assert_eq!(Interval { months, days, micros }.to_string(), text);
    }
}

#[test]
fn numerics() {
    check::<Numeric>(&[
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("-0.0001", "-0.0001"),
        ("10000", "10000"),
        ("99999999999999999999", "99999999999999999999"),
        ("+0012.340", "12.340"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e3", "1000"),
        ("1.5E-3", "0.0015"),
        ("12.345e1", "123.45"),
        ("1e0", "1"),
        ("nan", "NaN"),
        ("-inf", "-Infinity"),
        ("Infinity", "Infinity"),
    ]);
    check_wrong::<Numeric>(&[
        "", "-", ".", "e5", "1e", "1e999999", "1,5", "1_000", "0x10", "1.2.3", "--1", "1 ", "١",
    ]);
}

#[test]
fn uuids() {
    let bytes = *b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff";
    let text = "00112233-4455-6677-8899-aabbccddeeff";
    assert_eq!(uuid_text(&bytes), text);
    for text in [text, "00112233445566778899aabbccddeeff", "00112233-4455-6677-8899-AABBCCDDEEFF"] {
        assert_eq!(parse_uuid(text), Some(bytes), "{text}");
    }
    for wrong in [
        "",
        "00112233-4455-6677-8899-aabbccddeef",
        "00112233445566778899aabbccddeefg",
        "0011223344-55-6677-8899-aabbccddeeff",
    ] {
        assert_eq!(parse_uuid(wrong), None, "{wrong}");
    }
}

#[test]
fn shown_to_people() {
    let cases = [
        (Value::Null, "NULL"),
        (Value::Bool(true), "true"),
        (Value::Int(-1), "-1"),
        (Value::UInt(u64::MAX), "18446744073709551615"),
        (Value::Float(1e300), "1e300"),
        (Value::Float(2.0), "2.0"),
        (Value::from("x"), "x"),
        (Value::from(vec![0_u8, 255]), "\\x00ff"),
        (Value::Array(vec![Value::Int(1), Value::Null]), "[1, NULL]"),
        (Value::from(None::<i32>), "NULL"),
        (Value::Uuid([0; 16]), "00000000-0000-0000-0000-000000000000"),
    ];
    for (value, text) in cases {
        assert_eq!(value.to_string(), text);
    }
}

proptest! {
    #[test]
    fn every_day_there_and_back(days: i32) {
        let date = Date { days };
        let (year, month, day) = date.year_month_day();
        prop_assert_eq!(Date::new(year, month, day), Some(date));
        prop_assert_eq!(date.to_string().parse(), Ok(date));
    }

    #[test]
    fn every_instant_there_and_back(micros: i64) {
        let timestamp = Timestamp::from_micros(micros);
        prop_assert_eq!(timestamp.micros(), Some(micros));
        prop_assert_eq!(Timestamp::new(timestamp.date(), timestamp.time()), timestamp);
        prop_assert_eq!(timestamp.to_string().parse(), Ok(timestamp));
        let instant = Timestamptz::from_utc(timestamp);
        prop_assert_eq!(instant.to_string().parse(), Ok(instant));
    }

    #[test]
    fn the_next_day_is_the_next_day(days in i32::MIN..i32::MAX) {
        let (today, tomorrow) = (Date { days }.year_month_day(), Date { days: days + 1 }.year_month_day());
        prop_assert!(tomorrow == (today.0, today.1, today.2 + 1) || tomorrow.2 == 1 && today.2 >= 28);
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = (text.parse::<Date>(), text.parse::<Time>(), text.parse::<Timetz>(), text.parse::<Timestamptz>());
        let _ = (text.parse::<Numeric>(), parse_uuid(&text));
    }

    #[test]
    fn nothing_like_a_date_panics(text in "[-+0-9TZ:. ]{0,40}") {
        let _ = (text.parse::<Date>(), text.parse::<Time>(), text.parse::<Timetz>(), text.parse::<Timestamptz>());
        let _ = text.parse::<Numeric>();
    }
}
