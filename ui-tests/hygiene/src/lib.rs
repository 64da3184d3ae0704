//! What the macros write compiles wherever a user may call them: this crate denies every lint that there is a reason
//! to deny, has given `aio-databases` another name, and hides the names that expansions could take for granted.

pub mod generic;
pub mod places;
pub mod shadowed;
pub mod types;
