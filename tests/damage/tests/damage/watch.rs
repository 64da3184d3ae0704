//! Looks for what no error value tells: panics on any thread, memory, and a program that stands still.

use std::{
    fs, panic,
    sync::{Mutex, MutexGuard, Once, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// How many KiB of memory a round may use beyond what there was before it.
const RESIDENT: u64 = 64 * 1024;

/// The same for address space: what is allocated and then not used. A thread's stack and its allocator's arena take some of it.
const ADDRESSES: u64 = 512 * 1024;

/// How long a whole round may take. Each operation in it has a shorter limit: only a thread that never yields takes so long.
const STANDS_STILL: Duration = Duration::from_secs(120);

/// The name of the threads on which the library runs.
pub(crate) const WORKER: &str = "round";

static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// The rounds under way, and since when: one a backend.
static UNDER_WAY: Mutex<Vec<(u64, Instant)>> = Mutex::new(Vec::new());

/// Notes the library's panics from now on instead of printing them, and ends the program if a round does not end.
pub(crate) fn start() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| match thread::current().name() {
            Some(WORKER) => {
                let place =
                    panic.location().map(|place| format!("{}:{}", end_of(place.file()), place.line()));
                let message = panic.payload_as_str().unwrap_or("(no message)");
                // One place is one fault, whatever the numbers in its message.
                let words: Vec<_> =
                    message.split(|c: char| c.is_ascii_digit()).filter(|w| !w.is_empty()).collect();
                let message = words.join("#");
                lock(&PANICS).push(format!("panic at {}: {message}", place.unwrap_or_default()));
            }
            _ => before(panic),
        }));
        thread::spawn(|| {
            loop {
                thread::sleep(Duration::from_secs(1));
                for (round, since) in lock(&UNDER_WAY).iter() {
                    if since.elapsed() > STANDS_STILL {
                        eprintln!("round {round} does not end");
                        std::process::exit(101);
                    }
                }
            }
        });
    });
}

/// The end of a source file's path, which tells what file it is.
fn end_of(path: &str) -> String {
    let mut parts: Vec<_> = path.rsplit('/').take(4).collect();
    parts.reverse();
    parts.join("/")
}

/// What there was before a round.
pub(crate) struct Before {
    round: u64,
    resident: u64,
    addresses: u64,
}

/// Begins a round.
pub(crate) fn begin(round: u64) -> Before {
    lock(&UNDER_WAY).push((round, Instant::now()));
    // The highest use so far is forgotten. Where that is not possible, it was before this round, and nothing is found.
    let _ = fs::write("/proc/self/clear_refs", "5");
    Before { round, resident: status("VmRSS:"), addresses: status("VmPeak:") }
}

/// Ends it, and returns what was wrong.
pub(crate) fn end(before: &Before) -> Vec<String> {
    lock(&UNDER_WAY).retain(|(round, _)| *round != before.round);
    let mut wrong = std::mem::take(&mut *lock(&PANICS));
    if status("VmHWM:").saturating_sub(before.resident) > RESIDENT {
        wrong.push(format!("memory: more than {} MiB were used", RESIDENT / 1024));
    }
    if status("VmPeak:").saturating_sub(before.addresses) > ADDRESSES {
        wrong.push(format!("memory: more than {} MiB were allocated", ADDRESSES / 1024));
    }
    wrong
}

/// A number of KiB that Linux tells of this process; 0 elsewhere.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
