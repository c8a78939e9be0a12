//! What the office's files cost to write: `cargo bench --bench files`.
//!
//! A year's list of 10,000 supported producers as CSV, XLSX, PDF and DOCX in the form of Nghị định 30/2020, and lists
//! of 10,000 and 100,000 rows as XLSX: seconds, bytes, the most memory held beside the rows, and each as a ratio to the
//! same rows as CSV in the same run. `BENCH_ROWS` shortens the long one.

use std::time::Instant;

use sanvat::amounts::Thousandths;
use sanvat::clock::Day;
use sanvat::official::letterhead::Letterhead;
use sanvat::support::export::{Cell, Column, ColumnKind, FileFormat, Table};

mod support;

use support::{Outcome, setting};

const COLUMNS: [(&str, ColumnKind, u16); 10] = [
    ("TT", ColumnKind::Whole, 6),
    ("Chủ thể", ColumnKind::Text, 34),
    ("Loại hình", ColumnKind::Text, 16),
    ("Thôn", ColumnKind::Text, 14),
    ("Điện thoại", ColumnKind::Phone, 14),
    ("Nội dung hỗ trợ", ColumnKind::Text, 40),
    ("Ngày", ColumnKind::Date, 12),
    ("Số lượng", ColumnKind::Quantity, 10),
    ("Kinh phí", ColumnKind::Money, 16),
    ("Ghi chú", ColumnKind::Text, 24),
];

fn table(rows: usize) -> Outcome<Table> {
    let day: Day = "2026-11-23".parse().map_err(|error| format!("{error:?}"))?;
    let row = |n: usize| {
        vec![
            Cell::Number(n as i64 + 1),
            Cell::text(format!("Cơ sở mẫu Bến Sậy số {n}")),
            Cell::text(["Hộ sản xuất", "Hợp tác xã", "Doanh nghiệp"][n % 3]),
            Cell::text(["Đông", "Đoài", "Bến Sậy"][n % 3]),
            Cell::Phone(format!("09{n:08}")),
            Cell::text("Bao bì, nhãn mác; tem truy xuất nguồn gốc"),
            Cell::Date(day.plus_days(-(n as i64 % 300))),
            Cell::Quantity(Thousandths(1_000 * (n as i64 % 977))),
            Cell::Number(1_000 * (n as i64 % 9_973)),
            Cell::text(if n.is_multiple_of(4) { "Giao tại nhà văn hóa thôn" } else { "" }),
        ]
    };
    let columns = COLUMNS.map(|(name, kind, width)| Column::new(name, kind, width)).to_vec();
    Ok(Table {
        title: "Danh sách mẫu".to_owned(),
        notes: Vec::new(),
        columns,
        rows: (0..rows).map(row).collect(),
        total: None,
    })
}

/// Bytes of memory held now and at most since the last reset.
fn memory() -> (i64, i64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<i64>().ok().map(|kib| kib * 1024)
    };
    (of("VmRSS:").unwrap_or(0), of("VmHWM:").unwrap_or(0))
}

fn write(table: &Table, format: FileFormat, head: Option<&Letterhead>, baseline: Option<f64>) -> Outcome<f64> {
    // The highest mark is set back, where the system lets us.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let (before, _) = memory();
    let begun = Instant::now();
    let bytes = table.write(format, head)?.len();
    let seconds = begun.elapsed().as_secs_f64();
    let (_, most) = memory();
    println!(
        "{} rows as {}: {seconds:.2} s, {:.1} MB, {:.0} MB of memory{}",
        table.rows.len(),
        format.word(),
        bytes as f64 / 1e6,
        (most - before) as f64 / 1e6,
        baseline.map_or_else(String::new, |csv| format!(", {:.1} times CSV", seconds / csv))
    );
    Ok(seconds)
}

fn main() -> Outcome<()> {
    let list = table(10_000)?;
    let head = Letterhead::list("xã Hà Bắc", 2026, "các chủ thể được hỗ trợ", "Danh sách mẫu./.".to_owned());
    let csv = write(&list, FileFormat::Csv, Some(&head), None)?;
    for format in [FileFormat::Xlsx, FileFormat::Docx, FileFormat::Pdf] {
        write(&list, format, Some(&head), Some(csv))?;
    }
    drop(list);
    let long = table(setting("BENCH_ROWS", 100_000) as usize)?;
    let csv = write(&long, FileFormat::Csv, None, None)?;
    write(&long, FileFormat::Xlsx, None, Some(csv))?;
    Ok(())
}
