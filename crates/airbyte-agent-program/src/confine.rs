//! Takes away from the process of a program what it does not need: memory and time beyond their bounds, files, the
//! network, other processes. What was taken never comes back.

use std::collections::BTreeMap;

use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use crate::bounds::{MEMORY, SILENCE};

/// The address space of the process: the interpreter, the program file and what reading and writing takes.
const ADDRESSES: u64 = 8 * MEMORY as u64;

/// Confines this process, once and for all.
///
/// # Errors
///
/// When the system refuses; the program must not be run then.
pub(crate) fn confine() -> Result<(), String> {
    let limits = [
        (Resource::As, ADDRESSES),
        (Resource::Cpu, SILENCE.as_secs()),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        // Standard input, output and error are open; nothing else can be.
        (Resource::Nofile, 3),
    ];
    for (resource, most) in limits {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        setrlimit(resource, limit).map_err(|error| format!("{resource:?}: {error}"))?;
    }
    let filter = filter().map_err(|error| error.to_string())?;
    seccompiler::apply_filter(&filter).map_err(|error| error.to_string())
}

/// The system calls that the process may make. All others fail with `EPERM`.
fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let descriptor = |number: u64| {
        SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, number)
            .and_then(|is_it| SeccompRule::new(vec![is_it]))
    };
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    rules.insert(libc::SYS_read, vec![descriptor(0)?]);
    rules.insert(libc::SYS_write, vec![descriptor(1)?, descriptor(2)?]);
    rules.insert(libc::SYS_writev, vec![descriptor(2)?]);
    let free = [
        libc::SYS_brk,
        libc::SYS_mmap,
        libc::SYS_mremap,
        libc::SYS_munmap,
        libc::SYS_mprotect,
        libc::SYS_madvise,
        libc::SYS_futex,
        libc::SYS_sched_yield,
        libc::SYS_clock_gettime,
        libc::SYS_gettimeofday,
        libc::SYS_getrandom,
        libc::SYS_rt_sigreturn,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_sigaltstack,
        libc::SYS_restart_syscall,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];
    rules.extend(free.map(|call| (call, Vec::new())));
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let architecture = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, refused, SeccompAction::Allow, architecture)?.try_into()
}
