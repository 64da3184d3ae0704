//! The arguments of a prepared statement, as the caller encodes them.

use crate::{
    column::ColumnType,
    error::{Error, Result},
    protocol::output,
};

/// An error of the caller's.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Takes the arguments of a statement, in their order.
#[derive(Debug)]
pub struct Params<'a> {
    out: &'a mut Vec<u8>,
    types: &'a mut Vec<u8>,
    /// Where the bitmap of nulls begins.
    nulls: usize,
    expected: usize,
    given: usize,
}

const UNSIGNED: u8 = 0x80;

impl<'a> Params<'a> {
    /// Leaves room for the bitmap and a byte that says whether types follow.
    fn new(out: &'a mut Vec<u8>, types: &'a mut Vec<u8>, expected: usize) -> Self {
        let nulls = out.len();
        out.resize(nulls + expected.div_ceil(8) + 1, 0);
        types.clear();
        Params { out, types, nulls, expected, given: 0 }
    }

    /// The number of arguments that are still expected.
    pub fn left(&self) -> usize {
        self.expected.saturating_sub(self.given)
    }

    fn next(&mut self, ty: ColumnType, unsigned: bool) -> Option<usize> {
        let index = self.given;
        self.given += 1;
        if index >= self.expected {
            return None;
        }
        self.types.extend([ty.0, if unsigned { UNSIGNED } else { 0 }]);
        Some(index)
    }

    /// A null, as a value of a type: the server looks at the type in some comparisons.
    pub fn null(&mut self, ty: ColumnType) {
        if let Some(index) = self.next(ty, false) {
            self.out[self.nulls + index / 8] |= 1 << (index % 8);
        }
    }

    /// A value of a type, which `write` appends in the binary format, with its length where the type has one.
    ///
    /// # Errors
    ///
    /// The error of `write`.
    pub fn value<E>(
        &mut self,
        ty: ColumnType,
        unsigned: bool,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.next(ty, unsigned) {
            Some(_) => write(self.out),
            None => Ok(()),
        }
    }

    /// Text or bytes: the length, then the bytes.
    pub fn bytes(&mut self, ty: ColumnType, bytes: &[u8]) {
        if self.next(ty, false).is_some() {
            output::write_string(bytes, self.out);
        }
    }

    /// A signed integer.
    pub fn int(&mut self, value: i64) {
        if self.next(ColumnType::LONG_LONG, false).is_some() {
            self.out.extend_from_slice(&value.to_le_bytes());
        }
    }
}

/// What binds the arguments of a statement.
pub(crate) type Bind<'a> = &'a mut (dyn FnMut(&mut Params<'_>) -> Result<(), BoxError> + Send);

/// Writes the bitmap, the types unless they are those sent before, and the values.
pub(crate) fn write(
    out: &mut Vec<u8>,
    scratch: &mut Vec<u8>,
    sent: Option<&[u8]>,
    count: usize,
    bind: Bind<'_>,
) -> Result<()> {
    let mut params = Params::new(out, scratch, count);
    bind(&mut params).map_err(Error::Bind)?;
    let (nulls, given) = (params.nulls, params.given);
    if given != count {
        return Err(Error::ParameterCount { expected: count, given });
    }
    if sent != Some(&**scratch) {
        let flag = nulls + count.div_ceil(8);
        out[flag] = 1;
        out.splice(flag + 1..flag + 1, scratch.iter().copied());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_sent_when_they_change() {
        let mut bind = |params: &mut Params<'_>| {
            params.int(1);
            params.null(ColumnType::VAR_STRING);
            params.value(ColumnType::TINY, true, |out| {
                out.push(9);
                Ok(())
            })
        };
        let (mut out, mut scratch) = (vec![7], Vec::new());
        write(&mut out, &mut scratch, None, 3, &mut bind).unwrap();
        assert_eq!(out, [7, 0b10, 1, 8, 0, 253, 0, 1, 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 9]);
        let (sent, mut again) = (scratch.clone(), vec![7]);
        write(&mut again, &mut scratch, Some(&sent), 3, &mut bind).unwrap();
        assert_eq!(again, [7, 0b10, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9]);
    }

    #[test]
    fn another_number_of_arguments_is_an_error() {
        for (expected, given) in [(1, 0), (1, 2), (0, 1)] {
            let mut bind = |params: &mut Params<'_>| {
                (0..given).for_each(|_| params.int(1));
                Ok(())
            };
            let error = write(&mut Vec::new(), &mut Vec::new(), None, expected, &mut bind).unwrap_err();
            assert!(matches!(error, Error::ParameterCount { .. }), "{error}");
        }
    }
}
