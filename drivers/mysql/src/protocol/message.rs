//! The server's replies: OK, errors and the end of rows.

use super::fields::Fields;
use crate::{
    error::{Result, ServerError},
    status::{Session, Status},
};

pub(crate) const OK: u8 = 0x00;
pub(crate) const EOF: u8 = 0xFE;
pub(crate) const ERR: u8 = 0xFF;
pub(crate) const LOCAL_INFILE: u8 = 0xFB;

/// The end of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct End {
    /// The rows that were changed (matched, for an `update`).
    pub affected_rows: u64,
    /// The first number that `auto_increment` made, or 0.
    pub last_insert_id: u64,
    /// The status flags.
    pub status: Status,
    /// The number of warnings.
    pub warnings: u16,
}

impl End {
    /// An OK message. What it reports of the session goes to `session`.
    pub(crate) fn ok(payload: &[u8], tracks: bool, session: &mut Session) -> Result<End> {
        let mut fields = Fields::new(payload);
        fields.u8()?;
        let end = End {
            affected_rows: fields.integer()?,
            last_insert_id: fields.integer()?,
            status: Status(fields.u16()?),
            warnings: fields.u16()?,
        };
        if tracks && end.status.session_changed() && !fields.is_empty() {
            let _info = fields.string()?;
            track(fields.string()?, session)?;
        }
        Ok(end)
    }

    /// The end of rows in the older form.
    pub(crate) fn eof(payload: &[u8]) -> Result<End> {
        let mut fields = Fields::new(payload);
        fields.u8()?;
        let warnings = fields.u16()?;
        Ok(End { warnings, status: Status(fields.u16()?), ..End::default() })
    }
}

/// An error message. The SQLSTATE is missing before the log-in.
pub(crate) fn error(payload: &[u8]) -> Result<ServerError> {
    let mut fields = Fields::new(payload);
    fields.u8()?;
    let code = fields.u16()?;
    let mut sqlstate = *b"HY000";
    if let [b'#', state @ ..] = fields.rest()
        && let Some(state) = state.first_chunk::<5>()
    {
        sqlstate = *state;
        fields.bytes(6)?;
    }
    let message = String::from_utf8_lossy(fields.rest()).into_owned();
    Ok(ServerError { code, sqlstate, message })
}

/// Reads the list of what changed in the session.
fn track(changes: &[u8], session: &mut Session) -> Result<()> {
    const VARIABLES: u8 = 0;
    const SCHEMA: u8 = 1;
    const STATE: u8 = 2;
    const TRANSACTION_STATE: u8 = 5;

    let mut changes = Fields::new(changes);
    while !changes.is_empty() {
        let kind = changes.u8()?;
        let mut data = Fields::new(changes.string()?);
        match kind {
            VARIABLES => {
                // MariaDB sends several in one entry.
                while !data.is_empty() {
                    let name = String::from_utf8_lossy(data.string()?);
                    let value = String::from_utf8_lossy(data.string()?);
                    session.set_variable(&name, &value);
                }
            }
            SCHEMA => {
                session.changed = true;
                session.schema = Some(String::from_utf8_lossy(data.string()?).into_owned());
            }
            // MySQL writes a length before the digit, MariaDB does not.
            STATE => session.changed |= data.rest().ends_with(b"1"),
            TRANSACTION_STATE => {
                let state = session.transaction.get_or_insert_default();
                state.clear();
                state.push_str(&String::from_utf8_lossy(data.string()?));
            }
            // A transaction's characteristics and GTIDs were not asked for.
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ok_with_changes() {
        let mut payload = vec![OK, 0xFC, 0, 1, 7, 0x02, 0x40, 3, 0];
        let info = b"Rows matched: 1";
        payload.push(info.len() as u8);
        payload.extend(info);
        let mut changes = b"\x00\x0f\x0aautocommit\x03OFF".to_vec();
        changes.extend(b"\x01\x05\x04shop");
        changes.extend(b"\x02\x02\x011\x02\x011");
        changes.extend(b"\x05\x09\x08I_R____L");
        changes.extend(b"\x63\x02xx");
        payload.push(changes.len() as u8);
        payload.extend(&changes);
        let mut session = Session::default();
        let end = End::ok(&payload, true, &mut session).unwrap();
        assert_eq!((end.affected_rows, end.last_insert_id, end.warnings), (256, 7, 3));
        assert!(end.status.autocommit() && !end.status.in_transaction());
        assert!(session.changed && session.has_locked_tables());
        assert_eq!(session.schema.as_deref(), Some("shop"));
        assert_eq!(session.variables, [("autocommit".to_owned(), "OFF".to_owned())]);
    }

    #[test]
    fn errors_with_and_without_a_state() {
        let shown = error(b"\xFF\x26\x04#23000Duplicate entry").unwrap();
        assert_eq!((shown.code, shown.sqlstate(), &*shown.message), (1062, "23000", "Duplicate entry"));
        let shown = error(b"\xFF\x10\x04Too many connections").unwrap();
        assert_eq!((shown.code, shown.sqlstate(), &*shown.message), (1040, "HY000", "Too many connections"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(mut bytes: Vec<u8>, tracks: bool) {
            let _ = error(&bytes);
            let _ = End::eof(&bytes);
            let _ = End::ok(&bytes, tracks, &mut Session::default());
            let _ = track(&bytes, &mut Session::default());
            if bytes.len() > 6 {
                bytes[..7].copy_from_slice(&[0, 0, 0, 0, 0x40, 0, 0]);
                let _ = End::ok(&bytes, true, &mut Session::default());
            }
        }
    }
}
