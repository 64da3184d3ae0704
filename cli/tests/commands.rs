//! Every command in `cases/` prints what stands below it. A case's folder is the one beside it, `<case>.in/`.
//!
//! After an answer was changed on purpose: `TRYCMD=overwrite cargo test -p aio-databases-cli`, then read the difference
//! as someone would who typed that command.

#[test]
fn commands() {
    trycmd::TestCases::new().case("tests/cases/*.trycmd").case("tests/cases/*.toml");
}
