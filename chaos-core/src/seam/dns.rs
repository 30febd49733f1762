//! Where names of hosts are resolved: `getaddrinfo`, asked before the C library's.
//!
//! std and every client built on it resolve through that function. The linker takes this one for
//! all of the program, and the dynamic linker knows the next.
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

type GetAddrInfo = unsafe extern "C" fn(
    *const c_char,
    *const c_char,
    *const addrinfo,
    *mut *mut addrinfo,
) -> c_int;

/// As the C library has it, but a name that is denied now does not exist.
// SAFETY: it is the only definition of that name in the program, with the C library's signature and
// contract: all that is not denied goes to the C library's own.
#[unsafe(no_mangle)]
unsafe extern "C" fn getaddrinfo(
    node: *const c_char,
    service: *const c_char,
    hints: *const addrinfo,
    result: *mut *mut addrinfo,
) -> c_int {
    // SAFETY: the caller keeps the contract of getaddrinfo, which is that of `is_denied`.
    if denylist::denying() && unsafe { is_denied(node, hints) } {
        return EAI_NONAME;
    }
    match next() {
        // SAFETY: it is the C library's getaddrinfo, and these are its caller's own arguments.
        Some(next) => unsafe { next(node, service, hints, result) },
        None => EAI_FAIL,
    }
}

/// Whether this lookup is one of a name that is denied. An address is no name, and neither is none
/// at all.
///
/// # Safety
///
/// Both may be null. Else `node` is a C string and `hints` an `addrinfo`, and nothing writes to
/// them meanwhile.
unsafe fn is_denied(node: *const c_char, hints: *const addrinfo) -> bool {
    // SAFETY: it is null or may be read, as the caller says.
    let hints = unsafe { hints.as_ref() };
    if node.is_null() || hints.is_some_and(|hints| hints.ai_flags & AI_NUMERICHOST != 0) {
        return false;
    }
    // SAFETY: it is a C string that nothing writes to, as the caller says.
    let name = unsafe { CStr::from_ptr(node) }.to_string_lossy();
    if is_address(&name) {
        return false;
    }
    // A panic must not go through the C library's caller; nothing is denied then.
    catch_unwind(|| denylist::denies(&name)).unwrap_or_default()
}

/// An address, with or without the interface that it is reached by.
fn is_address(name: &str) -> bool {
    let address = name.split('%').next().unwrap_or(name);
    address.parse::<IpAddr>().is_ok()
}

/// The C library's `getaddrinfo`, looked up once.
fn next() -> Option<GetAddrInfo> {
    static NEXT: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
    let mut next = NEXT.load(Relaxed);
    if next.is_null() {
        // SAFETY: the name is a C string. Threads may ask at once, and get the same answer.
        next = unsafe { dlsym(RTLD_NEXT, c"getaddrinfo".as_ptr()) };
        NEXT.store(next, Relaxed);
    }
    // SAFETY: a pointer to a function is as wide as one to data where dlsym exists, null is `None`,
    // and else this is the C library's function of that name, which has this signature.
    unsafe { transmute::<*mut c_void, Option<GetAddrInfo>>(next) }
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_is_no_name() {
        for address in ["127.0.0.1", "::1", "fe80::1%eth0"] {
            assert!(is_address(address), "{address}");
        }
        for name in ["localhost", "1.example.com", ""] {
            assert!(!is_address(name), "{name}");
        }
    }
}
