//! Where names of hosts are resolved: `getaddrinfo`, asked before the C library's.
//!
//! std and every client built on it resolve through that function. The linker takes this one for
//! all of the program, and the dynamic linker knows the next.
//!
//! What holds for all of it:
//! - It keeps the contract of the function that it stands for. It allocates and locks, as that does, so it
//!   is no more async-signal-safe, and no less callable from any thread, before `main` too: its statics need
//!   no start.
//! - No panic leaves it. What could panic, the judging of a name, is caught.
//! - The C library may end the calling thread in here, as `pthread_cancel` does by unwinding (curl's
//!   threaded resolver has done that). So the ABI is the one through which may be unwound, and
//!   nothing waits to be dropped while the C library has its turn.
//! - A child of `fork` may find the lock of the deny lists held by a thread that it does not have. POSIX
//!   lets such a child call nothing that is not async-signal-safe, and this function never was.
#![allow(unsafe_code, reason = "a function of C, in place of a function of C")]

use std::ffi::CStr;
use std::mem::transmute;
use std::net::IpAddr;
use std::panic::catch_unwind;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

use libc::{
    AI_NUMERICHOST, EAI_FAIL, EAI_NONAME, RTLD_NEXT, addrinfo, c_char, c_int, c_void, dlsym,
};

use crate::fault::denylist;

type GetAddrInfo = unsafe extern "C-unwind" fn(
    *const c_char,
    *const c_char,
    *const addrinfo,
    *mut *mut addrinfo,
) -> c_int;

/// Whether a name is denied now.
type Judge = fn(&str) -> bool;

/// As the C library has it, but a name that is denied now does not exist.
// SAFETY: the name is the C library's, so every call of that in the program comes here: it has that
// one's signature and contract, and all that is not denied goes there. A second definition in one program
// would not link.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn getaddrinfo(
    node: *const c_char,
    service: *const c_char,
    hints: *const addrinfo,
    result: *mut *mut addrinfo,
) -> c_int {
    // SAFETY: the caller keeps the contract of getaddrinfo, which is that of `ask`; `next` is the C
    // library's.
    unsafe { ask(denylist::denies, next(), node, service, hints, result) }
}

/// Refuses, or asks the next one. What is refused leaves `result` alone, as the C library does where it
/// fails.
///
/// # Safety
///
/// The contract of `getaddrinfo`: `node` and `service` are C strings or null, `hints` points to an
/// `addrinfo` or is null, nothing writes to them meanwhile, and `result` may be written to. `next` has
/// that contract too.
unsafe fn ask(
    judge: Judge,
    next: Option<GetAddrInfo>,
    node: *const c_char,
    service: *const c_char,
    hints: *const addrinfo,
    result: *mut *mut addrinfo,
) -> c_int {
    // SAFETY: the caller keeps this contract.
    if denylist::denying() && unsafe { is_denied(judge, node, hints) } {
        return EAI_NONAME;
    }
    match next {
        // SAFETY: these are the caller's own arguments, as it got them, and it keeps the contract.
        Some(next) => unsafe { next(node, service, hints, result) },
        None => EAI_FAIL,
    }
}

/// Whether this lookup is one of a name that is denied. An address is no name, and neither is none
/// at all.
///
/// # Safety
///
/// Both pointers may be null. Else `node` is a C string and `hints` an `addrinfo`, and nothing writes to
/// them meanwhile.
unsafe fn is_denied(judge: Judge, node: *const c_char, hints: *const addrinfo) -> bool {
    // SAFETY: it is not null, so it points to an `addrinfo`. Its flags alone are read, and no reference is
    // made: a caller in C may have set nothing else.
    let flags = || unsafe { (*hints).ai_flags };
    if node.is_null() || (!hints.is_null() && flags() & AI_NUMERICHOST != 0) {
        return false;
    }
    // SAFETY: it is not null, so it is a C string. Nothing writes to it while this borrow lasts, which
    // is not longer than the call.
    let name = unsafe { CStr::from_ptr(node) }.to_string_lossy();
    // Nothing is denied where the judging panics.
    catch_unwind(|| !is_address(&name) && judge(&name)).unwrap_or_default()
}

/// An address, with or without the interface that it is reached by. The C library takes short and other
/// forms too, as 127.1 and 0x7f.1: no name ends in a number.
fn is_address(name: &str) -> bool {
    let address = name.split('%').next().unwrap_or(name);
    let last = address.rsplit('.').next().unwrap_or(address);
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    let is_number = match hexadecimal {
        Some(digits) => digits.bytes().all(|digit| digit.is_ascii_hexdigit()),
        None => !last.is_empty() && last.bytes().all(|digit| digit.is_ascii_digit()),
    };
    is_number || address.parse::<IpAddr>().is_ok()
}

/// The C library's `getaddrinfo`, looked up once.
fn next() -> Option<GetAddrInfo> {
    // Relaxed: the pointer is all that is published, and what it points to is there from the start.
    static NEXT: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
    let mut next = NEXT.load(Relaxed);
    if next.is_null() {
        // SAFETY: the name is a C string that lives for ever. Threads may ask at once, and get the same
        // answer. It is called from the object that has our definition, so the next one is not ours.
        next = unsafe { dlsym(RTLD_NEXT, c"getaddrinfo".as_ptr()) };
        NEXT.store(next, Relaxed);
    }
    // SAFETY: a pointer to a function is as wide as one to data where dlsym exists, null is `None`,
    // and else this is the C library's function of that name, which has this signature.
    unsafe { transmute::<*mut c_void, Option<GetAddrInfo>>(next) }
}

#[cfg(test)]
mod tests;
