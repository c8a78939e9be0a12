//! Rebuilds when a migration is added: the migration set is compiled in.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
