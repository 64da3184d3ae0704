//! What a query does and what a guard takes, as types: so that writing on a replica does not compile.

/// It only reads. A [`Connection<Read>`](crate::Connection) takes nothing else.
#[derive(Clone, Copy, Debug)]
pub enum Read {}

/// It reads and writes.
#[derive(Clone, Copy, Debug)]
pub enum Write {}

/// [`Read`] or [`Write`].
pub trait Access: sealed::Sealed + Sized + 'static {
    #[doc(hidden)]
    const READ_ONLY: bool;
}

impl Access for Read {
    const READ_ONLY: bool = true;
}

impl Access for Write {
    const READ_ONLY: bool = false;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Read {}
    impl Sealed for super::Write {}
}
