//! A shelf of books in an embedded SQLite database: `cargo run -p quickstart`.
//!
//! Every query below was checked, when this program was compiled, against the two files in `migrations/`. Try it: write
//! `titel` for `title` somewhere, and compile again.

use aio_databases::{Database, Result, executemany, fetchall, fetchone, fetchval, iterate, migrate};

#[tokio::main]
async fn main() -> Result<()> {
    let db = Database::open("sqlite::memory:").await?;
    db.migrate(migrate!()).await?;

    // Insert. `returning` gives exactly one row here, so this is an `i64`, not an `Option`.
    let ursula = add_author(&db, "Ursula K. Le Guin", Some(1929)).await?;
    let stanislaw = add_author(&db, "Stanisław Lem", Some(1921)).await?;
    add_author(&db, "B. Traven", None).await?;

    // Many rows, all or nothing.
    let books = [
        (ursula, "The Dispossessed", 341),
        (ursula, "The Left Hand of Darkness", 286),
        (stanislaw, "Solaris", 204),
    ];
    let done =
        executemany!(db, "insert into books (author_id, title, pages) values ($1, $2, $3)", books).await?;
    println!("{} books on the shelf", done.rows_affected);

    // Select. `born` may be null and so is an `Option`; `title` is one because of the left join.
    let records = fetchall!(
        db,
        "select a.name, a.born, b.title
         from authors a left join books b on b.author_id = a.id
         order by a.name, b.title"
    )
    .await?;
    for record in &records {
        let born = record.born.map_or("?".to_owned(), |year| year.to_string());
        let title = record.title.as_deref().unwrap_or("nothing here yet");
        println!("{} ({born}): {title}", record.name);
    }

    // There is one row or none; a record is also a tuple. `{solaris}` captures the variable, as `format!` does.
    let solaris = "Solaris";
    if let Some(book) =
        fetchone!(db, "select title, pages from books where title = {solaris} limit 1").await?
    {
        assert_eq!(book, ("Solaris", 204));
    }

    // An aggregate gives one row always; over no rows `max` is null.
    let longest = fetchval!(db, "select max(pages) from books where pages < ?", 300).await?;
    println!("the longest book below 300 pages has {}", longest.unwrap_or(0));

    // A stream: one record at a time, however many there are.
    let mut rows = iterate!(db, "select title, pages from books order by pages");
    while let Some(book) = rows.next().await {
        let book = book?;
        println!("{:>4} pages: {}", book.pages, book.title);
    }

    // A mistake. Take the comment off, and the compiler says:
    //
    //   no column `titel`
    //
    //       select titel from books
    //              ^^^^^
    //
    //   help: did you mean `title`?
    //
    // let titles = fetchall!(db, "select titel from books").await?;

    Ok(())
}

/// Any function takes the database by reference.
async fn add_author(db: &Database, name: &str, born: Option<i64>) -> Result<i64> {
    fetchval!(db, "insert into authors (name, born) values ($1, $2) returning id", name, born).await
}
