//! The JSON Schema that is shipped is the one that the types give.

use std::path::Path;

#[test]
fn the_shipped_schema_is_the_one_of_the_types() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema/report-1.json");
    let generated = ssm_probe::report::schema();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&file, &generated).expect("the schema is written");
    }
    let shipped = std::fs::read_to_string(&file).expect("the schema is shipped");
    assert_eq!(
        shipped, generated,
        "run UPDATE_SCHEMA=1 cargo test --test e2e"
    );
}
