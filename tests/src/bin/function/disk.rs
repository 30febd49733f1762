//! A handler that looks at its disk.

use std::fs::{self, File};
use std::future::pending;
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;

use chaos_core::inject_chaos;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};

const MEGABYTE: usize = 1 << 20;

/// Says how much of the temporary directory is free. `{"write": 3}` has it write a file of three
/// megabytes first; `{"stay": true}` has it stay until somebody ends it.
#[inject_chaos]
pub(crate) async fn worker(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let directory = std::env::temp_dir();
    if event.payload["stay"] == true {
        tracing::info!("staying");
        pending::<()>().await;
    }
    let wanted = event.payload["write"].as_u64().unwrap_or(0);
    let failure = write(&directory, wanted).err();
    Ok(json!({
        "free": free(&directory)?,
        "df": df(&directory)?,
        "held": held()?,
        "error": failure.and_then(|failure| failure.raw_os_error()),
    }))
}

/// A file of real bytes, which is gone afterwards.
fn write(directory: &Path, megabytes: u64) -> io::Result<()> {
    let path = directory.join("written");
    let written = File::create(&path).and_then(|mut file| {
        let megabyte = vec![1; MEGABYTE];
        (0..megabytes).try_for_each(|_| file.write_all(&megabyte))
    });
    fs::remove_file(&path)?;
    written
}

/// What the kernel says, in bytes.
fn free(directory: &Path) -> io::Result<u64> {
    let stat = rustix::fs::statvfs(directory)?;
    Ok(stat.f_bfree * stat.f_frsize)
}

/// What `df` says is available, in bytes.
fn df(directory: &Path) -> Result<u64, Error> {
    let output = Command::new("df").arg("-Pk").arg(directory).output()?;
    let text = String::from_utf8(output.stdout)?;
    let row = text.lines().nth(1).ok_or("df has no second line")?;
    let column = row
        .split_whitespace()
        .nth(3)
        .ok_or("df has no fourth column")?;
    Ok(column.parse::<u64>()? * 1024)
}

/// The blocks, in bytes, of the files that this process has open and that have no name.
fn held() -> io::Result<u64> {
    let mut held = 0;
    for entry in fs::read_dir("/proc/self/fd")? {
        let path = entry?.path();
        // one of them is the directory that is being read
        if let Ok(metadata) = fs::metadata(&path)
            && metadata.is_file()
            && metadata.nlink() == 0
        {
            held += metadata.blocks() * 512;
        }
    }
    Ok(held)
}
