//! Every line of it, as a caller in C reaches it. Nothing is asked of a network: what resolves is
//! `localhost` and addresses.

use std::ffi::CString;
use std::mem::{MaybeUninit, zeroed};
use std::ptr::{null, null_mut};

use libc::{
    AF_UNSPEC, EAI_AGAIN, SOCK_STREAM, freeaddrinfo, pthread_create, pthread_join, pthread_t,
};
use serde_json::json;

use super::*;
use crate::plan::{self, Mode};

/// Denied for as long as it is held, to this process: no other test asks for such names.
fn deny(list: &[&str]) -> denylist::Denied {
    let document = json!({ "denylist": { "enabled": true, "deny_list": list } });
    let plan = plan::read_value(&document).plan;
    let Mode::DenyList(list) = &plan.flags[0].mode else {
        panic!("{document}");
    };
    denylist::deny(&list.hosts).expect("it can be denied")
}

/// What the program's `getaddrinfo` answers, and whether it found an address.
fn look_up(node: Option<&[u8]>, service: Option<&str>, hints: *const addrinfo) -> (c_int, bool) {
    let node = node.map(|node| CString::new(node).expect("no zeros"));
    let service = service.map(|service| CString::new(service).expect("no zeros"));
    let pointer = |text: &Option<CString>| text.as_ref().map_or(null(), |text| text.as_ptr());
    let mut found = null_mut();
    // SAFETY: all four are as getaddrinfo wants them, and live until it returns.
    let answer =
        unsafe { libc::getaddrinfo(pointer(&node), pointer(&service), hints, &raw mut found) };
    let any = !found.is_null();
    if any {
        // SAFETY: it is what getaddrinfo gave, and is not used again.
        unsafe { freeaddrinfo(found) };
    }
    (answer, any)
}

fn hints(flags: c_int) -> addrinfo {
    // SAFETY: all of its fields are numbers and pointers, which may be zero.
    let zero = unsafe { zeroed::<addrinfo>() };
    addrinfo {
        ai_flags: flags,
        ai_family: AF_UNSPEC,
        ai_socktype: SOCK_STREAM,
        ..zero
    }
}

#[test]
fn a_name_that_is_denied_does_not_exist_and_any_other_is_asked_on() {
    const NAME: &[u8] = b"a.dns-tests.invalid";
    let found = (0, true);
    let refused = (EAI_NONAME, false);
    let numeric = hints(AI_NUMERICHOST);
    let plain = hints(0);

    let denied = deny(&[
        r"\.dns-tests\.invalid$",
        "^127",
        "^0x7f",
        "^localhos$",
        "\u{fffd}",
    ]);
    for hints in [null(), &raw const plain] {
        assert_eq!(look_up(Some(NAME), None, hints), refused);
        assert_eq!(look_up(Some(NAME), Some("80"), hints), refused);
        assert_eq!(look_up(Some(b"\xff"), None, hints), refused, "no UTF-8");
        assert_eq!(look_up(Some(b"localhost"), None, hints), found);
        for address in ["127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "::1"] {
            let answer = look_up(Some(address.as_bytes()), None, hints);
            assert_eq!(answer, found, "{address}");
        }
        assert_eq!(look_up(None, Some("80"), hints), found, "no name at all");
        assert_eq!(
            look_up(None, None, hints),
            refused,
            "as the C library has it"
        );
    }
    assert_eq!(look_up(Some(b"127.0.0.1"), None, &raw const numeric), found);
    // the C library says so: it asks nobody for what is to be an address
    assert_eq!(look_up(Some(NAME), None, &raw const numeric), refused);
    drop(denied);
    assert_eq!(look_up(Some(b"localhost"), None, null()), found);
}

#[test]
fn of_the_hints_the_flags_alone_are_read() {
    let _denied = deny(&[r"\.unset-tests\.invalid$"]);
    let mut hints = MaybeUninit::<addrinfo>::uninit();
    // SAFETY: it points to an addrinfo, of which this writes one field.
    unsafe { (&raw mut (*hints.as_mut_ptr()).ai_flags).write(0) };
    let name = c"a.unset-tests.invalid";
    // SAFETY: what is not set of the hints is not read, as memcheck sees.
    assert!(unsafe { is_denied(denylist::denies, name.as_ptr(), hints.as_ptr()) });
}

/// Answers as nobody else does.
unsafe extern "C-unwind" fn again(
    node: *const c_char,
    _: *const c_char,
    _: *const addrinfo,
    _: *mut *mut addrinfo,
) -> c_int {
    assert!(!node.is_null());
    EAI_AGAIN
}

#[test]
fn where_there_is_no_next_one_it_fails_and_else_that_one_answers() {
    let mut found = null_mut();
    let name = c"a.next-tests.invalid".as_ptr();
    let mut ask_at = |next| {
        // SAFETY: a C string, nulls, and a place for the answer.
        unsafe { ask(denylist::denies, next, name, null(), null(), &raw mut found) }
    };
    assert_eq!(ask_at(None), EAI_FAIL);
    assert_eq!(ask_at(Some(again)), EAI_AGAIN);
    assert!(found.is_null());
}

#[test]
fn a_judge_that_panics_denies_nothing_and_the_lookup_goes_on() {
    let _denied = deny(&[r"\.judge-tests\.invalid$"]);
    let panics: Judge = |name| panic!("{name} is too much for it");
    let mut found = null_mut();
    let name = c"a.judge-tests.invalid".as_ptr();
    let mut ask_with = |judge| {
        // SAFETY: a C string, nulls, and a place for the answer.
        unsafe { ask(judge, Some(again), name, null(), null(), &raw mut found) }
    };
    assert_eq!(ask_with(panics), EAI_AGAIN);
    assert_eq!(ask_with(denylist::denies), EAI_NONAME, "the next lookup");
    assert!(found.is_null());
}

#[test]
fn every_thread_gets_the_same_next_one_and_it_is_not_this_one() {
    let all = std::thread::scope(|scope| {
        let threads = [(); 8].map(|()| scope.spawn(next));
        threads.map(|thread| thread.join().expect("no panic"))
    });
    let own: GetAddrInfo = getaddrinfo;
    for next in all {
        let next = next.expect("the C library's");
        assert_eq!(next as usize, all[0].expect("the first") as usize);
        assert_ne!(next as usize, own as usize);
    }
}

unsafe extern "C-unwind" {
    fn pthread_exit(value: *mut c_void) -> !;
}

/// Ends its thread, as a cancellation in the C library does.
unsafe extern "C-unwind" fn ends_the_thread(
    _: *const c_char,
    _: *const c_char,
    _: *const addrinfo,
    _: *mut *mut addrinfo,
) -> c_int {
    // SAFETY: no frame of this thread has anything to drop.
    unsafe { pthread_exit(7 as *mut c_void) }
}

unsafe extern "C-unwind" fn thread(_: *mut c_void) -> *mut c_void {
    let mut found = null_mut();
    let name = c"a.end-tests.invalid".as_ptr();
    // SAFETY: a C string, nulls, and a place for the answer.
    unsafe {
        ask(
            denylist::denies,
            Some(ends_the_thread),
            name,
            null(),
            null(),
            &raw mut found,
        )
    };
    null_mut()
}

#[test]
fn a_thread_may_be_ended_in_it() {
    type Start = extern "C" fn(*mut c_void) -> *mut c_void;
    let _denied = deny(&[r"\.other-tests\.invalid$"]);
    let mut id: pthread_t = 0;
    let mut value = null_mut();
    // SAFETY: they differ in whether they may be unwound through, and who calls this one is in C.
    let start = unsafe {
        transmute::<unsafe extern "C-unwind" fn(*mut c_void) -> *mut c_void, Start>(thread)
    };
    // SAFETY: the thread takes no argument, and is joined before its places go.
    let made = unsafe { pthread_create(&raw mut id, null(), start, null_mut()) };
    assert_eq!(made, 0);
    // SAFETY: it was made, and is joined once.
    let joined = unsafe { pthread_join(id, &raw mut value) };
    assert_eq!(
        (joined, value as usize),
        (0, 7),
        "it did not come back from the lookup"
    );
}

/// The entries that a lookup asks are changed by other threads meanwhile.
#[test]
fn it_is_asked_while_lists_come_and_go() {
    std::thread::scope(|scope| {
        for n in 0..4 {
            scope.spawn(move || {
                let name = format!("{n}.busy-tests.invalid");
                for _ in 0..200 {
                    let denied = deny(&[&format!("^{name}$")]);
                    assert_eq!(look_up(Some(name.as_bytes()), None, null()).0, EAI_NONAME);
                    assert_eq!(look_up(Some(b"127.0.0.1"), None, null()).0, 0);
                    drop(denied);
                }
            });
        }
    });
}

#[test]
fn an_address_is_no_name() {
    for address in [
        "127.0.0.1",
        "::1",
        "fe80::1%eth0",
        "127.1",
        "2130706433",
        "0x7F.1",
    ] {
        assert!(is_address(address), "{address}");
    }
    for name in [
        "localhost",
        "1.example.com",
        "",
        "localhost.",
        "10.0x.com",
        "x1",
        "a.b2",
    ] {
        assert!(!is_address(name), "{name}");
    }
}
