//! Names that an expansion must not take from where it stands.

#![allow(dead_code, unused_macros, reason = "they are only in the way")]

use db::{Database, copy_in, execute, executemany, fetchall, fetchone, fetchval, query};

mod core {}
mod std {}
mod aio_databases {}
struct Option;
struct Some;
struct None;
struct Result;
struct Ok;
struct Err;
struct Vec;
struct String;
struct Record;
struct Statement;
trait Iterator {}
trait IntoIterator {}
trait Clone {}
trait Debug {}
trait PartialEq {}
macro_rules! include_bytes {
    () => {};
}
const __DB: i32 = 1;

/// Every family of macros.
///
/// # Errors
///
/// Those of the database.
pub async fn all(__db: &Database, __args: i64, __row: &str) -> db::Result<i64> {
    let _ = execute!(__db, "insert into users (id, name) values ($1, $2)", __args, __row).await?;
    let _ = copy_in!(__db, "users (name)", [__row, "b"]).await?;
    let _ = executemany!(__db, "insert into users (name) values ($1)", [__row, "b"]).await?;
    let one = fetchone!(__db, "select 2 * $1 as res", __args).await?;
    assert!(one == (2 * __args,));
    let users = fetchall!(__db, "select id, name from users where name = {__row} order by id").await?;
    assert!(users[0] == (__args, __row));
    let query = query!("select name from users where id = :id", id = __args);
    assert!(query.fetchval(__db).await?.as_deref() == ::core::option::Option::Some(__row));
    fetchval!(__db, "select count(*) from users").await
}
