//! What is sold is gone, and what could not be sold is not.

use aio_databases::{fetchall, fetchval};

use crate::{open, shop};

type TestResult = Result<(), Box<dyn std::error::Error>>;

#[tokio::test]
async fn a_sale_is_whole_or_is_not() -> TestResult {
    let pool = open().await?;
    shop::deliver(&pool, "Solaris", 1).await?;
    assert_eq!(shop::sell(&pool, "Solaris", "Ada").await?, Some(0));
    assert_eq!(shop::sell(&pool, "Solaris", "Grace").await?, None);
    assert_eq!(shop::sell(&pool, "Eden", "Grace").await?, None);
    let sales = fetchall!(pool, "select customer, note from sales").await?;
    assert_eq!(sales, [("Ada", Some("over the counter".to_owned()))]);
    assert_eq!(fetchval!(pool, "select stock from books where title = 'Solaris'").await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn books_are_sold_to_all_or_to_none() -> TestResult {
    let pool = open().await?;
    shop::deliver(&pool, "Solaris", 2).await?;
    let error = shop::sell_all(&pool, "Solaris", &["a", "b", "c"]).await.expect_err("two are there");
    assert!(error.is_check_violation(), "{error}");
    assert_eq!(fetchval!(pool, "select count(*) from sales").await?, 0);
    assert_eq!(shop::sell_all(&pool, "Solaris", &["a", "b"]).await?, 2);
    assert_eq!(fetchval!(pool, "select count(*) from sales").await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_title_is_there_once() -> TestResult {
    let pool = open().await?;
    shop::add(&pool, "Solaris").await?;
    assert!(shop::add(&pool, "Solaris").await.is_err_and(|error| error.is_unique_violation()));
    assert_eq!(shop::titles(&pool).await?, 1);
    Ok(())
}
