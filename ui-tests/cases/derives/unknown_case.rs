use aio_databases::Type;

#[derive(Type)]
#[aio_databases(rename_all = "snakecase")]
enum Mood {
    Happy,
}

fn main() {}
