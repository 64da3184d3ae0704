//! JSON: `serde_json::Value`, and any type of serde's in [`Json`].

use serde::{Serialize, de::DeserializeOwned};

use crate::{Decode, DecodeError, Encode, NotNull, Raw, Value, value::sql_types as sql};

/// A value that is kept as JSON: anything that serde can write and read.
///
/// ```
/// use aio_databases::{Encode, Json, Value, sql_types};
///
/// #[derive(serde::Serialize)]
/// struct Settings {
///     theme: &'static str,
/// }
///
/// let argument = Encode::<sql_types::Json>::encode(&Json(Settings { theme: "dark" }));
/// assert_eq!(argument, Value::Json(r#"{"theme":"dark"}"#.into()));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Json<T: ?Sized>(pub T);

impl<T: ?Sized> std::ops::Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> std::ops::DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Json(value)
    }
}

macro_rules! json {
    ($($marker:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Serialize + ?Sized> Encode<sql::$marker> for Json<T> {
            fn encode(&self) -> Value {
                write(&self.0)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: DeserializeOwned> Decode<sql::$marker> for Json<T> {
            fn decode(value: Raw<'_>) -> Result<Self, DecodeError> {
                read(&value).map(Json)
            }
        }

        #[diagnostic::do_not_recommend]
        impl Encode<sql::$marker> for serde_json::Value {
            fn encode(&self) -> Value {
                write(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl Decode<sql::$marker> for serde_json::Value {
            fn decode(value: Raw<'_>) -> Result<Self, DecodeError> {
                read(&value)
            }
        }
    )*};
}

json!(Json Any);

#[diagnostic::do_not_recommend]
impl<T: ?Sized> NotNull for Json<T> {}
#[diagnostic::do_not_recommend]
impl NotNull for serde_json::Value {}

fn write<T: Serialize + ?Sized>(value: &T) -> Value {
    match serde_json::to_string(value) {
        Ok(text) => Value::Json(text),
        Err(error) => Value::Invalid(format!("no JSON can be made of the value: {error}")),
    }
}

fn read<T: DeserializeOwned>(value: &Raw<'_>) -> Result<T, DecodeError> {
    serde_json::from_str(&value.json()?).map_err(|error| DecodeError::invalid("the JSON expected", error))
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        write(&value)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn there_and_back() {
        let written = Encode::<sql::Json>::encode(&Json(vec![Some(1), None]));
        assert_eq!(written, Value::Json("[1,null]".into()));
        let read: Json<Vec<Option<i32>>> = Decode::<sql::Json>::decode((&written).into()).unwrap();
        assert_eq!(read.0, [Some(1), None]);
    }

    #[test]
    fn sqls_null_is_no_json() {
        let read = <Option<serde_json::Value> as Decode<sql::Json>>::decode((&Value::Null).into());
        assert_eq!(read.unwrap(), None);
        let read =
            <Option<serde_json::Value> as Decode<sql::Json>>::decode((&Value::Json("null".into())).into());
        assert_eq!(read.unwrap(), Some(serde_json::Value::Null));
    }

    #[test]
    fn what_serde_does_not_take_is_an_error() {
        let pairs = HashMap::from([((1, 2), 3)]);
        assert!(matches!(Encode::<sql::Json>::encode(&Json(pairs)), Value::Invalid(_)));
        let read = <Json<i32> as Decode<sql::Json>>::decode((&Value::Json("\"x\"".into())).into());
        assert!(matches!(read, Err(DecodeError::Invalid { .. })));
    }
}
