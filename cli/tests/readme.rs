//! The commands in the README print what stands below them, in the project `cases/shop.in/`.

#[test]
fn readme() {
    std::env::set_current_dir("tests/cases/shop.in").expect("the project is there");
    trycmd::TestCases::new().case("../../../README.md");
}
