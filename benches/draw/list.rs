//! Writes made-up customers, the same ones every time.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::dice::Dice;

const REGIONS: [&str; 4] = ["east", "west", "north", "south"];

/// Writes so many rows of about 70 bytes.
pub fn write(path: &Path, rows: u64) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    writeln!(out, "customer_id,email,region,tier,signed_up,last_seen,spend,visits")?;
    for i in 0..rows {
        let mut dice = Dice(i.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let region = REGIONS[dice.below(4)];
        let tier = dice.below(250);
        let (y1, m1, d1) = (2018 + dice.below(8), 1 + dice.below(12), 1 + dice.below(28));
        let (m2, d2) = (1 + dice.below(12), 1 + dice.below(28));
        write!(out, "C{i:09},c{i}@example.com,{region},t{tier},{y1}-{m1:02}-{d1:02},2025-{m2:02}-{d2:02},")?;
        // One in fifty has no figure; the others are skewed, as spending is.
        let spend = dice.below(30_000) * dice.below(1_000) / 100;
        if dice.below(50) > 0 {
            write!(out, "{}.{:02}", spend / 100, spend % 100)?;
        }
        writeln!(out, ",{}", dice.below(40))?;
    }
    out.flush()
}
