//! What diesel does on SQLite, on the caller's thread. It stands alone: its methods are those of every query, whoever's.

use anyhow::{Context, Result};
use diesel::{
    Connection as _, ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
};

use crate::items::{
    Item, Note,
    tables::{items, notes},
};

pub(crate) fn connect(url: &str) -> Result<SqliteConnection> {
    let mut conn = SqliteConnection::establish(url.strip_prefix("sqlite:").context("no file")?)?;
    conn.batch_execute("pragma foreign_keys = on; pragma journal_mode = wal; pragma synchronous = normal")?;
    Ok(conn)
}

pub(crate) fn by_key(conn: &mut SqliteConnection, key: i64) -> Result<Item> {
    Ok(items::table.find(key).first(conn)?)
}

pub(crate) fn up_to(conn: &mut SqliteConnection, last: i64) -> Result<Vec<Item>> {
    Ok(items::table.filter(items::id.le(last)).order(items::id).load(conn)?)
}

pub(crate) fn insert_in_transaction(conn: &mut SqliteConnection, note: &Note) -> Result<()> {
    conn.immediate_transaction(|tx| {
        diesel::insert_into(notes::table).values(note).execute(tx)?;
        Ok(())
    })
}

pub(crate) fn insert_all(conn: &mut SqliteConnection, notes: &[Note]) -> Result<()> {
    conn.immediate_transaction(|tx| {
        for note in notes {
            diesel::insert_into(notes::table).values(note).execute(tx)?;
        }
        Ok(())
    })
}
