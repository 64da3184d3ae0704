//! A migration that is added rebuilds the program; changed ones do so by themselves.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
