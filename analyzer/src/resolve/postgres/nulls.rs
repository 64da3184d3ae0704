//! When a function or operator gives null, and which functions write.

use super::{super::Nulls, types::Types};
use crate::data::postgres::Proc;

pub(super) fn of_operator(_: &Types<'_>, _: &Proc) -> Nulls {
    Nulls::Maybe
}

pub(super) fn of_function(_: &Types<'_>, _: &Proc) -> Nulls {
    Nulls::Maybe
}

pub(super) fn writes(_: &str) -> bool {
    false
}
