//! What diesel-async does, on PostgreSQL and on MySQL. It stands alone: its methods are those of every query, whoever's.

macro_rules! on_backend {
    ($backend:ident, $connection:ident) => {
        pub(crate) mod $backend {
            use anyhow::Result;
            use diesel::{ExpressionMethods as _, QueryDsl as _, QueryableByName, sql_types::BigInt};
            pub(crate) use diesel_async::$connection as Connection;
            use diesel_async::{AsyncConnection as _, RunQueryDsl as _};
            use futures_util::TryStreamExt as _;

            use crate::items::{
                Item, Note,
                tables::{items, notes},
            };

            pub(crate) async fn connect(url: &str) -> Result<Connection> {
                Ok(Connection::establish(url).await?)
            }

            pub(crate) async fn by_key(conn: &mut Connection, key: i64) -> Result<Item> {
                Ok(items::table.find(key).first(conn).await?)
            }

            pub(crate) async fn up_to(conn: &mut Connection, last: i64) -> Result<Vec<Item>> {
                Ok(items::table.filter(items::id.le(last)).order(items::id).load(conn).await?)
            }

            pub(crate) async fn insert_in_transaction(conn: &mut Connection, note: &Note) -> Result<()> {
                conn.transaction(async |tx| {
                    diesel::insert_into(notes::table).values(note).execute(tx).await.map(drop)
                })
                .await
                .map_err(|error: diesel::result::Error| error.into())
            }

            pub(crate) async fn insert_all(conn: &mut Connection, notes: &[Note]) -> Result<()> {
                diesel::insert_into(notes::table).values(notes).execute(conn).await?;
                Ok(())
            }

            #[derive(QueryableByName)]
            #[allow(dead_code)]
            struct Numbered {
                #[diesel(sql_type = diesel::sql_types::BigInt)]
                n: i64,
                #[diesel(sql_type = diesel::sql_types::Text)]
                name: String,
            }

            /// Streams rows of a number and a name, and counts them.
            pub(crate) async fn count(conn: &mut Connection, sql: &str, last: i64) -> Result<i64> {
                let query = diesel::sql_query(sql).bind::<BigInt, _>(last);
                let mut rows = query.load_stream::<Numbered>(conn).await?;
                let mut count = 0;
                while let Some(row) = rows.try_next().await? {
                    std::hint::black_box(row);
                    count += 1;
                }
                Ok(count)
            }
        }
    };
}

on_backend!(postgres, AsyncPgConnection);
on_backend!(mysql, AsyncMysqlConnection);
