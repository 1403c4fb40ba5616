//! What the kernel says of a process.

use std::io;
use std::time::Duration;

/// The processor time that all threads of a process have used.
///
/// # Errors
/// When there is no such process.
pub fn processor_time(pid: u32) -> io::Result<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may hold spaces; `utime` and `stime` are the 12th and 13th fields after it.
    let ticks: u64 = text
        .rsplit_once(") ")
        .map(|(_, rest)| rest.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum())
        .ok_or(io::ErrorKind::InvalidData)?;
    let nanos = 1_000_000_000 / rustix::param::clock_ticks_per_second().max(1);
    Ok(Duration::from_nanos(ticks * nanos))
}

/// The most memory that a process ever had resident, in bytes.
///
/// # Errors
/// When there is no such process.
pub fn peak_memory(pid: u32) -> io::Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or(io::ErrorKind::InvalidData)?;
    let kibibytes: u64 =
        line.trim().trim_end_matches(" kB").parse().map_err(|_| io::ErrorKind::InvalidData)?;
    Ok(kibibytes * 1024)
}

/// Asks a process to end.
///
/// # Errors
/// When there is no such process.
pub fn terminate(pid: u32) -> io::Result<()> {
    let pid =
        i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw).ok_or(io::ErrorKind::NotFound)?;
    Ok(rustix::process::kill_process(pid, rustix::process::Signal::TERM)?)
}

/// The processor time that the calling thread has used.
#[must_use]
pub fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}
