//! The host's memory and the pressure on it.

use crate::host::file::{self, TEXT_LIMIT};
use crate::observations::{Memory, Reading};
use crate::world::World;

/// Reads `/proc/meminfo` and the pressure file, where the kernel has one.
pub(super) fn read(world: &World) -> Reading<Memory> {
    let pressure = file::read_text(world, "/proc/pressure/memory", TEXT_LIMIT);
    let pressure_percent = pressure.value().and_then(|text| parse_pressure(text));
    file::read_text(world, "/proc/meminfo", TEXT_LIMIT)
        .parse(|text| parse_meminfo(&text, pressure_percent))
}

/// Source: `proc_meminfo(5)`: `MemTotal:       16384256 kB`.
fn parse_meminfo(text: &str, pressure_percent: Option<f64>) -> Result<Memory, String> {
    let bytes = |name: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        let kibibytes: u64 = line.split_ascii_whitespace().next()?.parse().ok()?;
        kibibytes.checked_mul(1024)
    };
    Ok(Memory {
        total_bytes: bytes("MemTotal").ok_or("no `MemTotal`")?,
        // Kernels before 3.14 lack it.
        available_bytes: bytes("MemAvailable")
            .or_else(|| bytes("MemFree"))
            .ok_or("no `MemAvailable`")?,
        free_swap_bytes: bytes("SwapFree").unwrap_or(0),
        pressure_percent,
    })
}

/// Source: kernel `Documentation/accounting/psi.rst`: `some avg10=0.00 avg60=…`.
fn parse_pressure(text: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix("some "))?;
    let share = line
        .split_ascii_whitespace()
        .find_map(|field| field.strip_prefix("avg10="))?;
    share.parse().ok().filter(|share: &f64| share.is_finite())
}

#[cfg(test)]
mod tests {
    use super::{parse_meminfo, parse_pressure, read};
    use crate::host::testing::Root;
    use crate::observations::Reading;

    #[test]
    fn memory_swap_and_pressure_are_read() {
        let root = Root::new();
        assert!(read(&root.world()).is_absent());
        root.write(
            "/proc/meminfo",
            "MemTotal: 2048 kB\nMemAvailable: 1024 kB\nSwapFree: 1 kB\n",
        );
        root.write(
            "/proc/pressure/memory",
            "some avg10=12.50 avg60=1.00\nfull avg10=0.00\n",
        );
        let reading = read(&root.world());
        let memory = reading.value().unwrap();
        assert_eq!(
            (memory.total_bytes, memory.available_bytes),
            (2_097_152, 1_048_576)
        );
        assert_eq!(memory.free_swap_bytes, 1024);
        assert_eq!(memory.pressure_percent, Some(12.5));
        root.write("/proc/meminfo", "garbage");
        assert!(matches!(read(&root.world()), Reading::Malformed { .. }));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,80}", fields in "(MemTotal|MemFree|:| |[0-9]{1,22}|\\n|some |avg10=){0,15}") {
            for text in [&text, &fields] {
                let _answers = (parse_meminfo(text, None).is_ok(), parse_pressure(text));
            }
        }
    }
}
