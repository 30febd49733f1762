//! Servers on loopback, each a thread a connection, that answer every request alike.

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;

/// A web server with that reply; returns where it is.
pub(super) fn http(content_type: &str, body: &str) -> io::Result<SocketAddr> {
    let length = body.len();
    let reply = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    serve(reply, read_request)
}

/// A Redis server that answers every command with OK.
pub(super) fn redis() -> io::Result<SocketAddr> {
    serve("+OK\r\n".to_owned(), read_command)
}

/// What is read of a connection.
type Reader = BufReader<TcpStream>;

/// `read` reads one request, and fails where the connection has ended.
fn serve(reply: String, read: fn(&mut Reader) -> io::Result<()>) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let reply = reply.clone();
            thread::spawn(move || answer(stream, &reply, read));
        }
    });
    Ok(address)
}

fn answer(
    stream: TcpStream,
    reply: &str,
    read: fn(&mut Reader) -> io::Result<()>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    loop {
        read(&mut stream)?;
        stream.get_mut().write_all(reply.as_bytes())?;
    }
}

/// Its head, and a body of the length that it says.
fn read_request(stream: &mut Reader) -> io::Result<()> {
    let mut length = 0;
    loop {
        let line = line(stream)?;
        if line.is_empty() {
            return skip(stream, length);
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = number(value.trim())?;
        }
    }
}

/// `*2\r\n$3\r\nGET\r\n$1\r\nk\r\n`
fn read_command(stream: &mut Reader) -> io::Result<()> {
    for _ in 0..number(line(stream)?.trim_start_matches('*'))? {
        let length: u64 = number(line(stream)?.trim_start_matches('$'))?;
        skip(stream, length + 2)?;
    }
    Ok(())
}

/// Without its end; an error where nothing is left.
fn line(stream: &mut Reader) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    line.truncate(line.trim_end().len());
    Ok(line)
}

fn skip(stream: &mut Reader, length: u64) -> io::Result<()> {
    io::copy(&mut stream.take(length), &mut io::sink())?;
    Ok(())
}

fn number(text: &str) -> io::Result<u64> {
    text.parse().map_err(io::Error::other)
}
