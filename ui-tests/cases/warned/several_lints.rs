#![deny(deprecated)]

use aio_databases::{Database, fetchall};

async fn run(db: &Database) -> aio_databases::Result<()> {
    let _ = fetchall!(db, "select u.id
         from users u, orders o
         where u.email = null
           and o.id not in (select o.id from users u left join orders o on o.user_id = u.id)").await?;
    Ok(())
}

fn main() {}
