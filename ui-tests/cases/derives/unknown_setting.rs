use aio_databases::Type;

#[derive(Type)]
enum Mood {
    #[aio_databases(renam = "happy")]
    Happy,
}

fn main() {}
