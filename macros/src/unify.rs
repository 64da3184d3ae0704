//! Finds one marker for the types of several backends.

use crate::{
    dialect::Described,
    types::{Marker, Scalar},
};
use aio_databases_sql::Dialect;

/// One backend's marker.
pub(crate) type Said = (Dialect, Marker);

/// One backend's marker of a scalar.
type SaidScalar = (Dialect, Scalar);

/// The marker with which to read a column: the values of all backends fit into its Rust type.
pub(crate) fn result(said: &[Said]) -> Option<Marker> {
    fold(said, wider)
}

/// The marker with which to pass an argument: all values of its Rust types fit into the type of each backend.
pub(crate) fn parameter(said: &[Said]) -> Option<Marker> {
    // A backend that accepts any type accepts the type of the others.
    let picky: Vec<Said> = said.iter().filter(|(_, marker)| *marker != Marker::Any).cloned().collect();
    fold(if picky.is_empty() { said } else { &picky }, narrower)
}

/// One backend's marker of a type that isn't an array.
type One = (Dialect, Scalar);

fn fold(said: &[Said], pair: fn(SaidScalar, SaidScalar) -> Option<Scalar>) -> Option<Marker> {
    let ((first, marker), rest) = said.split_first()?;
    if rest.iter().all(|(_, other)| other == marker) {
        return Some(marker.clone());
    }
    let Marker::Scalar(mut scalar) = *marker else { return None };
    // The order of the backends makes no difference.
    let mut dialect = *first;
    for (other, marker) in rest {
        let Marker::Scalar(right) = *marker else { return None };
        let joined =
            pair((dialect, scalar), (*other, right)).or_else(|| pair((*other, right), (dialect, scalar)))?;
        if joined != scalar {
            dialect = *other;
        }
        scalar = joined;
    }
    Some(Marker::Scalar(scalar))
}

/// The representation of an integer: whether it is signed, and its number of bytes.
fn integer(scalar: Scalar) -> Option<(bool, u8)> {
    Some(match scalar {
        Scalar::Int1 => (true, 1),
        Scalar::Int2 => (true, 2),
        Scalar::Int4 => (true, 4),
        Scalar::Int8 => (true, 8),
        Scalar::UInt1 => (false, 1),
        Scalar::UInt2 => (false, 2),
        Scalar::UInt4 => (false, 4),
        Scalar::UInt8 => (false, 8),
        _ => return None,
    })
}

fn signed(width: u8) -> Option<Scalar> {
    Some(match width {
        2 => Scalar::Int2,
        4 => Scalar::Int4,
        8 => Scalar::Int8,
        _ => return None,
    })
}

fn wider((left, a): One, (right, b): One) -> Option<Scalar> {
    if let (Some((a_signed, a_width)), Some((b_signed, b_width))) = (integer(a), integer(b)) {
        return match (a_signed, b_signed) {
            _ if a_signed == b_signed => Some(if a_width >= b_width { a } else { b }),
            (true, false) => signed(a_width.max(b_width * 2)),
            _ => None,
        };
    }
    match (a, b) {
        _ if a == b => Some(a),
        (Scalar::Bool, int) if integer(int).is_some() && !right.facts().has_bool => Some(Scalar::Bool),
        (Scalar::Float8, Scalar::Float4) => Some(Scalar::Float8),
        (Scalar::Numeric, int) if integer(int).is_some() => Some(Scalar::Numeric),
        (Scalar::Text, Scalar::Enum) => Some(Scalar::Text),
        (Scalar::Timestamptz, Scalar::Timestamp)
            if right.facts().timestamps_are_utc && !left.facts().timestamps_are_utc =>
        {
            Some(a)
        }
        _ => None,
    }
}

fn narrower((left, a): One, (right, b): One) -> Option<Scalar> {
    if let (Some((a_signed, a_width)), Some((b_signed, b_width))) = (integer(a), integer(b)) {
        return match (a_signed, b_signed) {
            _ if a_signed == b_signed => Some(if a_width <= b_width { a } else { b }),
            // The server rejects values that are negative or too large.
            (true, false) => Some(if a_width > b_width { b } else { a }),
            _ => None,
        };
    }
    match (a, b) {
        _ if a == b => Some(a),
        (Scalar::Bool, int) if integer(int).is_some() && !right.facts().has_bool => Some(Scalar::Bool),
        (Scalar::Float4, Scalar::Float8) => Some(Scalar::Float4),
        (int, Scalar::Numeric | Scalar::Float8) if integer(int).is_some() => {
            // An `i64` doesn't fit into a double.
            (b == Scalar::Numeric || integer(int).is_some_and(|(_, width)| width <= 4)).then_some(int)
        }
        (Scalar::Enum, Scalar::Text) => Some(Scalar::Enum),
        (Scalar::Timestamptz, Scalar::Timestamp)
            if right.facts().timestamps_are_utc && !left.facts().timestamps_are_utc =>
        {
            Some(a)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use Dialect::{Mysql as M, Postgres as P, Sqlite as S};
    use Scalar::*;

    use super::*;

    #[track_caller]
    fn check(join: fn(&[Said]) -> Option<Marker>, cases: &[(&[SaidScalar], Option<Scalar>)]) {
        for (said, expected) in cases {
            let mut said: Vec<Said> =
                said.iter().map(|(dialect, scalar)| (*dialect, Marker::Scalar(*scalar))).collect();
            assert_eq!(join(&said), expected.map(Marker::Scalar), "{said:?}");
            said.reverse();
            assert_eq!(join(&said), expected.map(Marker::Scalar), "{said:?}");
        }
    }

    #[test]
    fn results() {
        check(
            result,
            &[
                (&[(P, Int4)], Some(Int4)),
                (&[(P, Int4), (S, Int8)], Some(Int8)),
                (&[(P, Int4), (M, UInt4)], Some(Int8)),
                (&[(P, Int8), (M, UInt1)], Some(Int8)),
                (&[(P, Int8), (M, UInt8)], None),
                (&[(P, Bool), (S, Int8)], Some(Bool)),
                (&[(P, Bool), (S, Int8), (M, Int4)], Some(Bool)),
                (&[(S, Bool), (P, Int4)], None),
                (&[(P, Float4), (S, Float8)], Some(Float8)),
                (&[(P, Numeric), (S, Int8)], Some(Numeric)),
                (&[(P, Numeric), (S, Float8)], None),
                (&[(P, Enum), (S, Text)], Some(Text)),
                (&[(P, Timestamptz), (S, Timestamp)], Some(Timestamptz)),
                (&[(P, Timestamptz), (M, Timestamp)], None),
                (&[(P, Uuid), (S, Text)], None),
            ],
        );
    }

    #[test]
    fn parameters() {
        check(
            parameter,
            &[
                (&[(P, Int4), (S, Int8)], Some(Int4)),
                (&[(P, Int8), (M, UInt8)], Some(Int8)),
                (&[(P, Int8), (M, UInt2)], Some(UInt2)),
                (&[(P, Bool), (S, Int8)], Some(Bool)),
                (&[(P, Numeric), (S, Int8)], Some(Int8)),
                (&[(P, Int4), (S, Float8)], Some(Int4)),
                (&[(P, Int8), (S, Float8)], None),
                (&[(P, Numeric), (S, Float8)], None),
                (&[(P, Enum), (S, Text)], Some(Enum)),
            ],
        );
    }

    #[test]
    fn what_takes_anything_is_of_no_weight() {
        let said = [(S, Marker::Any), (P, Marker::Scalar(Timestamptz))];
        assert_eq!(parameter(&said), Some(Marker::Scalar(Timestamptz)));
        assert_eq!(parameter(&said[..1]), Some(Marker::Any));
        assert_eq!(result(&said), None);
    }

    #[test]
    fn arrays_join_their_equals_only() {
        let array = |scalar| Marker::Array(scalar);
        assert_eq!(result(&[(P, array(Int4)), (P, array(Int4))]), Some(array(Int4)));
        assert_eq!(result(&[(P, array(Int4)), (S, Marker::Scalar(Int4))]), None);
    }
}
