//! The form of the tables that say which Rust types fit which SQL types.

/// Rows of a SQL type, the value that is sent (and how a row of arguments takes what it is made of), and the Rust types that
/// fit.
macro_rules! fits {
    ($($marker:ident as |$this:ident| $value:expr $(, put $part:ident)? => $($ty:ty)+;)*) => {
        $($crate::value::tables::fits!(@ $marker $this $value, [$($part)?] $($ty)+);)*
    };
    (@ $marker:ident $this:ident $value:expr, $part:tt $($ty:ty)+) => {
        $($crate::value::tables::fits!(@@ $marker $this $value, $part $ty);)+
    };
    (@@ $marker:ident $this:ident $value:expr, [$($part:ident)?] $ty:ty) => {
        #[diagnostic::do_not_recommend]
        impl $crate::Encode<$crate::value::sql_types::$marker> for $ty {
            // A row converts each of its types, also the one that needs it not.
            #[allow(clippy::useless_conversion)]
            fn encode(&self) -> $crate::Value {
                let $this = self;
                $value
            }

            $(
                #[inline]
                fn put(&self, row: &mut $crate::value::encode::Put<'_>) {
                    row.$part(self);
                }
            )?
        }
    };
}

/// Rust types whose values are never null.
macro_rules! not_null {
    ($($ty:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl $crate::NotNull for $ty {}
    )*};
}

/// Rows of a SQL type, how its value is read (and how one that is plain in the row), and the Rust types that hold every one.
macro_rules! holds {
    ($($marker:ident by $read:expr $(, $plain:expr)? => $($ty:ty)+;)*) => {
        $($crate::value::tables::holds!(@ $marker $read, [$($plain)?] $($ty)+);)*
    };
    (@ $marker:ident $read:expr, $plain:tt $($ty:ty)+) => {
        $($crate::value::tables::holds!(@@ $marker $read, $plain $ty);)+
    };
    (@@ $marker:ident $read:expr, [$($plain:expr)?] $ty:ty) => {
        #[diagnostic::do_not_recommend]
        impl $crate::Decode<$crate::value::sql_types::$marker> for $ty {
            #[inline]
            fn decode(value: $crate::Raw<'_>) -> Result<Self, $crate::DecodeError> {
                ($read)(&value)
            }

            $(
                #[inline]
                fn at_once(row: &$crate::Row<'_>, column: usize) -> $crate::AtOnce<Self> {
                    $crate::AtOnce::of(row.plain(column), $plain)
                }
            )?
        }
    };
}

pub(crate) use {fits, holds, not_null};
