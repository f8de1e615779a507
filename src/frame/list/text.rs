//! Text files: opens gzip, finds the encoding, passes over the byte order mark.
//!
//! UTF-8 is checked over the whole file; what is not UTF-8 is taken for GB18030,
//! which holds GBK and GB 2312, and must then be that without a fault. UTF-16 is
//! known by its byte order mark alone.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8};
use flate2::read::MultiGzDecoder;
use rayon::prelude::*;

use crate::frame::list::{Opened, Trust};
use crate::frame::types::FrameError;

const MARK: &[u8] = b"\xef\xbb\xbf";

/// Bytes that are looked at to find a header line.
const HEAD: u64 = 1 << 20;

/// Makes the error of a file that can't be read.
pub fn unreadable(name: &str, error: &std::io::Error) -> FrameError {
    FrameError::list(format!("`{name}` can't be read: {error}"))
}

/// Makes a nameless temporary file; it is gone with the program.
pub fn spool(name: &str) -> Result<File, FrameError> {
    let why = |e: std::io::Error| {
        FrameError::list(format!(
            "`{name}`: a temporary file can't be made ({e}); set TMPDIR to a folder with room"
        ))
    };
    tempfile::tempfile().map_err(why)
}

/// Opens a text file as UTF-8.
pub fn open(path: &Path, name: &str, trust: Trust) -> Result<Opened, FrameError> {
    let bad = |e: std::io::Error| unreadable(name, &e);
    let mut file = File::open(path).map_err(bad)?;
    let mut start = Vec::new();
    (&mut file).take(4).read_to_end(&mut start).map_err(bad)?;
    file.rewind().map_err(bad)?;
    let mut notes = Vec::new();
    if start.starts_with(b"\x1f\x8b") {
        let mut unpacked = spool(name)?;
        let mut reader = MultiGzDecoder::new(BufReader::with_capacity(1 << 17, file));
        std::io::copy(&mut reader, &mut unpacked)
            .map_err(|e| FrameError::list(format!("`{name}` can't be unpacked: {e}")))?;
        start.clear();
        unpacked.rewind().map_err(bad)?;
        (&mut unpacked).take(4).read_to_end(&mut start).map_err(bad)?;
        file = unpacked;
    }
    let marked = Encoding::for_bom(&start).map(|(encoding, _)| encoding).filter(|e| *e != UTF_8);
    if let Some(encoding) = marked {
        file = decoded(file, encoding, name)?;
        notes.push(format!("`{name}` was read as {}", encoding.name()));
    } else if trust == Trust::Utf8 && std::str::from_utf8(first_line(&head(&mut file, name)?)).is_ok() {
        return Ok(Opened { file, physical: true, notes });
    } else if let Some(line) = first_fault(&mut file, name)? {
        file = decoded(file, GB18030, name)?;
        notes.push(format!("`{name}` is not UTF-8 (line {line}) and was read as GB18030"));
    }
    Ok(Opened { file, physical: true, notes })
}

/// Returns the start of the text, without its mark.
pub fn head(file: &mut File, name: &str) -> Result<Vec<u8>, FrameError> {
    let mut head = Vec::new();
    file.rewind().and_then(|()| file.take(HEAD).read_to_end(&mut head)).map_err(|e| unreadable(name, &e))?;
    if head.starts_with(MARK) {
        head.drain(..MARK.len());
    }
    Ok(head)
}

fn first_line(head: &[u8]) -> &[u8] {
    memchr::memchr2(b'\n', b'\r', head).map_or(head, |end| &head[..end])
}

/// Returns how many bytes the mark takes.
pub fn mark(file: &mut File, name: &str) -> Result<u64, FrameError> {
    let mut start = Vec::new();
    file.rewind().and_then(|()| file.take(3).read_to_end(&mut start)).map_err(|e| unreadable(name, &e))?;
    Ok(if start == MARK { MARK.len() as u64 } else { 0 })
}

/// Returns the first line that is not UTF-8.
fn first_fault(file: &mut File, name: &str) -> Result<Option<u64>, FrameError> {
    const PIECE: usize = 1 << 19;
    let bad = |e: std::io::Error| unreadable(name, &e);
    file.rewind().map_err(bad)?;
    let mut lines = 1;
    let mut rest: Vec<u8> = Vec::new();
    loop {
        let mut wave: Vec<Vec<u8>> = Vec::new();
        let mut over = false;
        while wave.len() < 8 && !over {
            let mut piece = std::mem::take(&mut rest);
            piece.reserve_exact(PIECE + 4);
            over = (&*file).take(PIECE as u64).read_to_end(&mut piece).map_err(bad)? < PIECE;
            // A character that is cut in two is judged with the next piece.
            if !over {
                rest = piece.split_off(piece.len() - cut_character(&piece));
            }
            wave.push(piece);
        }
        let fault = |piece: &Vec<u8>| std::str::from_utf8(piece).err().map(|e| e.valid_up_to());
        let faults: Vec<Option<usize>> = wave.par_iter().map(fault).collect();
        if let Some(first) = faults.iter().position(Option::is_some) {
            let before: usize = wave[..first].iter().map(|p| newlines(p)).sum();
            let inside = newlines(&wave[first][..faults[first].unwrap_or(0)]);
            return Ok(Some(lines + (before + inside) as u64));
        }
        if over {
            return Ok(None);
        }
        lines += wave.par_iter().map(|p| newlines(p) as u64).sum::<u64>();
    }
}

fn newlines(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}

/// Returns how many bytes at the end begin a character that they don't finish.
fn cut_character(bytes: &[u8]) -> usize {
    let last = bytes.len().saturating_sub(3);
    let lead = bytes[last..].iter().rposition(|b| b & 0xc0 != 0x80).map(|i| last + i);
    let Some(lead) = lead else { return 0 };
    let needs = match bytes[lead] {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
        _ => 1,
    };
    let has = bytes.len() - lead;
    if has < needs { has } else { 0 }
}

/// Writes a file anew as UTF-8.
fn decoded(mut file: File, encoding: &'static Encoding, name: &str) -> Result<File, FrameError> {
    let bad = |e: std::io::Error| unreadable(name, &e);
    file.rewind().map_err(bad)?;
    let mut out = BufWriter::new(spool(name)?);
    let mut decoder = encoding.new_decoder();
    let mut bytes = vec![0; 1 << 16];
    let mut lines = 1;
    loop {
        let got = file.read(&mut bytes).map_err(bad)?;
        let mut input = &bytes[..got];
        loop {
            let mut text = String::with_capacity(input.len() * 3 + 16);
            let (result, read) = decoder.decode_to_string_without_replacement(input, &mut text, got == 0);
            out.write_all(text.as_bytes()).map_err(bad)?;
            lines += newlines(text.as_bytes());
            input = &input[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    return Err(FrameError::list(format!(
                        "{name}:{lines}: this line is neither UTF-8 nor GB18030; save the file as “CSV UTF-8”"
                    )));
                }
            }
        }
        if got == 0 {
            break;
        }
    }
    let mut file = out.into_inner().map_err(|e| bad(e.into_error()))?;
    file.seek(SeekFrom::Start(0)).map_err(bad)?;
    Ok(file)
}
