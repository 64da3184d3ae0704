use aio_databases::Type;

#[derive(Type)]
#[repr(i32)]
enum Mood {
    Happy = 1,
}

fn main() {}
