//! What processes listen on, as the kernel has it.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The state of a socket that listens, in the kernel's tables.
const LISTENS: &str = "0A";

/// Where these processes listen, in TCP. One that has ended listens nowhere.
pub(crate) fn listening(processes: &[u32]) -> BTreeSet<SocketAddr> {
    let own: BTreeSet<String> = processes.iter().flat_map(|id| sockets_of(*id)).collect();
    let mut found = BTreeSet::new();
    for table in ["tcp", "tcp6"] {
        let table = format!("/proc/self/net/{table}");
        // There is none where the kernel has no IPv6.
        let text = std::fs::read_to_string(table).unwrap_or_default();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            if fields[3] == LISTENS && own.contains(fields[9]) {
                found.insert(address(fields[1]));
            }
        }
    }
    found
}

/// Those of them that others than this machine may reach.
pub(crate) fn reached_from_outside(addresses: &BTreeSet<SocketAddr>) -> Vec<&SocketAddr> {
    let outside = |address: &&SocketAddr| !address.ip().to_canonical().is_loopback();
    addresses.iter().filter(outside).collect()
}

/// The sockets that a process has open, by their inodes.
fn sockets_of(process: u32) -> Vec<String> {
    let Ok(open) = std::fs::read_dir(format!("/proc/{process}/fd")) else {
        return Vec::new();
    };
    open.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok())
        .filter_map(|link| {
            let inode = link.to_str()?.strip_prefix("socket:[")?;
            Some(inode.strip_suffix(']')?.to_owned())
        })
        .collect()
}

/// `0100007F:1F90` is 127.0.0.1:8080: words of the machine's own order.
fn address(text: &str) -> SocketAddr {
    let (ip, port) = text.split_once(':').expect("an address and a port");
    let word = |at: usize| {
        let word = u32::from_str_radix(&ip[at..at + 8], 16).expect("a word");
        word.to_ne_bytes()
    };
    let ip = if ip.len() == 8 {
        IpAddr::from(Ipv4Addr::from(word(0)))
    } else {
        let words = [word(0), word(8), word(16), word(24)].concat();
        let bytes: [u8; 16] = words.try_into().expect("four words");
        IpAddr::from(Ipv6Addr::from(bytes))
    };
    let port = u16::from_str_radix(port, 16).expect("a port");
    SocketAddr::new(ip, port)
}
