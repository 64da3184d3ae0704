//! What the server says of the session after each command.

/// The status flags of the server's last reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status(pub u16);

impl Status {
    const IN_TRANSACTION: u16 = 0x0001;
    const AUTOCOMMIT: u16 = 0x0002;
    const MORE_RESULTS: u16 = 0x0008;
    const DATABASE_DROPPED: u16 = 0x0100;
    const NO_BACKSLASH_ESCAPES: u16 = 0x0200;
    const OUT_PARAMETERS: u16 = 0x1000;
    const IN_READ_ONLY_TRANSACTION: u16 = 0x2000;
    const SESSION_CHANGED: u16 = 0x4000;

    const fn has(self, flag: u16) -> bool {
        self.0 & flag != 0
    }

    /// A transaction is open.
    pub const fn in_transaction(self) -> bool {
        self.has(Self::IN_TRANSACTION)
    }

    /// The open transaction only reads.
    pub const fn in_read_only_transaction(self) -> bool {
        self.has(Self::IN_READ_ONLY_TRANSACTION)
    }

    /// Each statement is a transaction of its own unless one was begun.
    pub const fn autocommit(self) -> bool {
        self.has(Self::AUTOCOMMIT)
    }

    /// Another result follows.
    pub const fn more_results(self) -> bool {
        self.has(Self::MORE_RESULTS)
    }

    /// A database was dropped.
    pub const fn database_dropped(self) -> bool {
        self.has(Self::DATABASE_DROPPED)
    }

    /// A backslash in a string literal is only a backslash.
    pub const fn no_backslash_escapes(self) -> bool {
        self.has(Self::NO_BACKSLASH_ESCAPES)
    }

    /// The result holds a procedure's `out` parameters.
    pub const fn out_parameters(self) -> bool {
        self.has(Self::OUT_PARAMETERS)
    }

    /// The command changed the session; the changes are in [`Session`].
    pub const fn session_changed(self) -> bool {
        self.has(Self::SESSION_CHANGED)
    }
}

/// Whether a transaction is open, by the server's own word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// None is open.
    None,
    /// One is open.
    Open,
    /// An open one that only reads.
    ReadOnly,
    /// The last reply was an error, and errors do not carry the status: the server may have rolled a transaction back (after a
    /// deadlock), or a failed procedure may have left one open. [`Connection::transaction`](crate::Connection::transaction) asks.
    Unknown,
}

/// The changes of the session that the server reported since the connection was made or reset.
///
/// The server reports them only if it can track the session. MySQL 5.7 and MariaDB 10.2 and later can; some proxies cannot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// Something changed that a reset undoes: a variable, the current database, a temporary table, a user variable.
    pub changed: bool,
    /// The current database, if it changed.
    pub schema: Option<String>,
    /// The variables that changed, with their newest value.
    pub variables: Vec<(String, String)>,
    /// The state of the transaction: `T` or `I` in the first place if one is open, `L` in the last place for locked tables.
    pub transaction: Option<String>,
}

/// So many variables are kept. More are counted as a change only.
const VARIABLES: usize = 64;

impl Session {
    /// Whether tables are locked by `lock tables`.
    pub fn has_locked_tables(&self) -> bool {
        self.transaction.as_ref().is_some_and(|state| state.as_bytes().get(7) == Some(&b'L'))
    }

    pub(crate) fn set_variable(&mut self, name: &str, value: &str) {
        self.changed = true;
        if let Some((_, old)) = self.variables.iter_mut().find(|(known, _)| known == name) {
            value.clone_into(old);
        } else if self.variables.len() < VARIABLES {
            self.variables.push((name.to_owned(), value.to_owned()));
        }
    }
}
