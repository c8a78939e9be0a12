//! The command line of Sản Vật.

fn main() -> std::process::ExitCode {
    sanvat::cli::main()
}
