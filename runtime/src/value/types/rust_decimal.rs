//! `rust_decimal`: `Decimal`, of up to 28 digits.

use rust_decimal::Decimal;

use crate::{
    DecodeError, Raw, Value,
    value::Numeric,
    value::tables::{fits, holds, not_null},
};

fits! {
    Numeric as |this| Value::Numeric((*this).into()) => Decimal;
    Any as |this| Value::Numeric((*this).into()) => Decimal;
}

not_null!(Decimal);

holds! {
    Numeric by |raw: &Raw<'_>| (&raw.numeric()?).try_into() => Decimal;
    Any by |raw: &Raw<'_>| (&raw.numeric()?).try_into() => Decimal;
}

impl From<Decimal> for Numeric {
    fn from(value: Decimal) -> Self {
        let text = value.to_string();
        // A zero may have a sign there.
        text.parse().unwrap_or_else(|_| Numeric::from_canonical(text))
    }
}

/// Fails where a `Decimal` does not hold every digit.
impl TryFrom<&Numeric> for Decimal {
    type Error = DecodeError;

    fn try_from(value: &Numeric) -> Result<Self, DecodeError> {
        // Zeros at the end of a fraction that is longer than a `Decimal`'s mean nothing.
        let text = value.as_str();
        let exact = Decimal::from_str_exact(text).or_else(|error| match text.contains('.') {
            true => Decimal::from_str_exact(text.trim_end_matches('0').trim_end_matches('.')),
            false => Err(error),
        });
        exact.map_err(|_| DecodeError::out_of_range(value, "Decimal"))
    }
}

impl From<Decimal> for Value {
    fn from(value: Decimal) -> Self {
        Value::Numeric(value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for text in
            ["0", "0.00", "-12.340", "79228162514264337593543950335", "0.0000000000000000000000000001"]
        {
            let numeric: Numeric = text.parse().unwrap();
            let decimal = Decimal::try_from(&numeric).unwrap();
            assert_eq!(Numeric::from(decimal), numeric);
        }
    }

    #[test]
    fn zeros_beyond_the_last_digit_are_no_loss() {
        let numeric: Numeric = "1.50000000000000000000000000000000".parse().unwrap();
        assert_eq!(Decimal::try_from(&numeric).unwrap(), Decimal::new(15, 1));
    }

    #[test]
    fn no_digit_is_lost() {
        for text in ["79228162514264337593543950336", "0.00000000000000000000000000001", "NaN", "Infinity"] {
            let numeric: Numeric = text.parse().unwrap();
            assert!(Decimal::try_from(&numeric).is_err(), "{text}");
        }
    }
}
