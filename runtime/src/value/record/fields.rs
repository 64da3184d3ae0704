//! What the records that the macros write have in common: they print, are copied and compared as the tuple of their
//! fields. A macro writes down how a record is made of such a tuple and how it lends one, and no more: all else is here,
//! once, which is less to compile than the same derived for each record.

use std::fmt;

use crate::{ColumnError, Row, value::decode::Columns};

/// A record that a macro has written.
#[doc(hidden)]
pub trait Fields: Sized {
    /// Its fields' types.
    type Columns: Tuple;

    /// The record of these values.
    fn make(columns: Self::Columns) -> Self;

    /// Its fields.
    fn refs(&self) -> Refs<'_, Self>;
}

/// A record's fields, lent.
#[doc(hidden)]
pub type Refs<'a, R> = <<R as Fields>::Columns as Tuple>::Refs<'a>;

/// A tuple of what columns are read into.
#[doc(hidden)]
pub trait Tuple: Sized {
    /// References to its elements.
    type Refs<'a>
    where
        Self: 'a;

    /// A copy of each.
    fn copied(refs: Self::Refs<'_>) -> Self;

    /// Hands on each.
    fn each<'a>(refs: Self::Refs<'a>, see: &mut dyn FnMut(&'a dyn fmt::Debug));
}

/// A tuple whose elements are compared with those of a `T`.
#[doc(hidden)]
pub trait Like<T>: Tuple {
    /// Whether each is what stands in its place.
    fn like(refs: Self::Refs<'_>, other: &T) -> bool;
}

/// A tuple whose elements are compared with their like.
#[doc(hidden)]
pub trait Equal: Tuple {
    /// Whether all are equal.
    fn equal(refs: Self::Refs<'_>, others: Self::Refs<'_>) -> bool;
}

/// What a record `R` is compared with: another of its kind, or a tuple.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the record cannot be compared with `{Self}`",
    label = "no tuple with an element for each column, of a type that the column is compared with"
)]
pub trait Same<R> {
    /// Whether all values are equal.
    fn same(&self, record: &R) -> bool;
}

impl<R: Fields<Columns: Equal>> Same<R> for R {
    fn same(&self, record: &R) -> bool {
        R::Columns::equal(record.refs(), self.refs())
    }
}

macro_rules! tuples {
    ($($ty:ident $other:ident $at:tt)*) => { tuples!(@ ; $($ty $other $at)*); };
    (@ $($done:ident $done_other:ident $done_at:tt)*;) => {};
    (@ $($done:ident $done_other:ident $done_at:tt)* ; $ty:ident $other:ident $at:tt $($rest:tt)*) => {
        tuples!(impl $($done $done_other $done_at)* $ty $other $at);
        tuples!(@ $($done $done_other $done_at)* $ty $other $at ; $($rest)*);
    };
    (impl $($ty:ident $other:ident $at:tt)*) => {
        impl<$($ty: Clone + fmt::Debug),*> Tuple for ($($ty,)*) {
            type Refs<'a> = ($(&'a $ty,)*) where Self: 'a;

            fn copied(refs: Self::Refs<'_>) -> Self {
                ($(refs.$at.clone(),)*)
            }

            fn each<'a>(refs: Self::Refs<'a>, see: &mut dyn FnMut(&'a dyn fmt::Debug)) {
                $(see(refs.$at);)*
            }
        }

        impl<$($ty: Clone + fmt::Debug + PartialEq<$other>, $other),*> Like<($($other,)*)> for ($($ty,)*) {
            fn like(refs: Self::Refs<'_>, other: &($($other,)*)) -> bool {
                $(*refs.$at == other.$at)&&*
            }
        }

        impl<$($ty: Clone + fmt::Debug + PartialEq),*> Equal for ($($ty,)*) {
            fn equal(refs: Self::Refs<'_>, others: Self::Refs<'_>) -> bool {
                refs == others
            }
        }

        #[diagnostic::do_not_recommend]
        impl<R: Fields<Columns: Like<($($other,)*)>>, $($other),*> Same<R> for ($($other,)*) {
            fn same(&self, record: &R) -> bool {
                R::Columns::like(record.refs(), self)
            }
        }
    };
}
tuples!(A A1 0 B B1 1 C C1 2 D D1 3 E E1 4 F F1 5 G G1 6 H H1 7 I I1 8 J J1 9 K K1 10 L L1 11);

/// A row as a record; `M` are its columns' SQL types.
#[doc(hidden)]
#[inline]
pub fn record<M, R: Fields<Columns: Columns<M>>>(row: &Row<'_>) -> Result<R, ColumnError> {
    R::Columns::read(row).map(R::make)
}

/// A copy of a record.
#[doc(hidden)]
pub fn copy<R: Fields>(record: &R) -> R {
    R::make(R::Columns::copied(record.refs()))
}

/// Whether a record is equal to another, or to a tuple.
#[doc(hidden)]
pub fn same<R, T: Same<R>>(record: &R, other: &T) -> bool {
    other.same(record)
}

/// Prints a record, as `Debug` of a struct does.
#[doc(hidden)]
pub fn show<R: Fields>(record: &R, names: &[&str], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = f.debug_struct("Record");
    let mut names = names.iter();
    R::Columns::each(record.refs(), &mut |value| {
        shown.field(names.next().copied().unwrap_or_default(), value);
    });
    shown.finish()
}
