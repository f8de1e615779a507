//! A small HTTP/1.1 client (RFC 9112) as a browser without JavaScript would be: redirects and cookies.
//!
//! Goes in: address, method, fields. Comes out: status, final address, body. One
//! connection is kept open and used by everybody in turn; cookies belong to the
//! person and are handed in. It speaks plain HTTP, because rehearsals never
//! leave the machine.

use std::collections::BTreeMap;
use std::io;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

/// Longest body that is read, in bytes.
const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// Most redirects in a row.
const HOPS: usize = 8;

/// Cookies of one person, by name.
pub type Cookies = BTreeMap<String, String>;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Status of the last answer.
    pub status: u16,
    /// Address of the last answer, without the fragment.
    pub url: String,
    /// Whether a redirect was followed.
    pub redirected: bool,
    /// Body.
    pub body: String,
}

/// A client with one open connection.
#[derive(Debug, Default)]
pub struct Client {
    open: Option<(String, BufStream<TcpStream>)>,
    /// Requests made.
    pub requests: u64,
}

struct Reply {
    status: u16,
    location: Option<String>,
    body: String,
}

impl Client {
    /// Gets an address and follows redirects.
    pub async fn get(&mut self, url: &str, cookies: &mut Cookies) -> io::Result<Page> {
        self.follow("GET", url, None, cookies).await
    }

    /// Posts fields as a form and follows redirects.
    pub async fn post(
        &mut self,
        url: &str,
        fields: &[(String, String)],
        cookies: &mut Cookies,
    ) -> io::Result<Page> {
        self.follow("POST", url, Some(encode(fields)), cookies).await
    }

    async fn follow(
        &mut self,
        method: &'static str,
        url: &str,
        form: Option<String>,
        cookies: &mut Cookies,
    ) -> io::Result<Page> {
        let mut url = without_fragment(url).to_owned();
        let (mut method, mut form) = (method, form);
        for hop in 0..HOPS {
            let reply = self.request(method, &url, form.as_deref(), cookies).await?;
            match reply.location {
                Some(location) if (300..400).contains(&reply.status) => {
                    url = join(&url, &location);
                    // 303 always and, as browsers do, 301 and 302 turn a POST into a GET.
                    if reply.status != 307 && reply.status != 308 {
                        (method, form) = ("GET", None);
                    }
                }
                _ => return Ok(Page { status: reply.status, url, redirected: hop > 0, body: reply.body }),
            }
        }
        Err(io::Error::other(format!("more than {HOPS} redirects at {url}")))
    }

    async fn request(
        &mut self,
        method: &str,
        url: &str,
        form: Option<&str>,
        cookies: &mut Cookies,
    ) -> io::Result<Reply> {
        let (host, path) = split(url)?;
        let text = head(method, host, path, form, cookies);
        self.requests += 1;
        let kept = self.open.take().filter(|(open, _)| open == host);
        if let Some((_, mut stream)) = kept {
            // A server may close a kept connection at any time; only then is it tried again.
            match exchange(&mut stream, &text, form).await {
                Ok(answer) => return Ok(self.finish(host, stream, &answer, cookies)),
                Err(error) if error.kind() != io::ErrorKind::NotConnected => return Err(error),
                Err(_) => {}
            }
        }
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        let mut stream = BufStream::new(stream);
        let answer = exchange(&mut stream, &text, form).await?;
        Ok(self.finish(host, stream, &answer, cookies))
    }

    fn finish(
        &mut self,
        host: &str,
        stream: BufStream<TcpStream>,
        answer: &Raw,
        cookies: &mut Cookies,
    ) -> Reply {
        if !answer.closes {
            self.open = Some((host.to_owned(), stream));
        }
        let mut location = None;
        for (name, value) in &answer.headers {
            match name.as_str() {
                "location" => location = Some(value.clone()),
                "set-cookie" => set_cookie(cookies, value),
                _ => {}
            }
        }
        Reply { status: answer.status, location, body: String::from_utf8_lossy(&answer.body).into_owned() }
    }
}

fn head(method: &str, host: &str, path: &str, form: Option<&str>, cookies: &Cookies) -> String {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n");
    if !cookies.is_empty() {
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        text += &["Cookie: ", &pairs.join("; "), "\r\n"].concat();
    }
    if let Some(form) = form {
        text += "Content-Type: application/x-www-form-urlencoded\r\n";
        text += &["Origin: http://", host, "\r\nContent-Length: ", &form.len().to_string(), "\r\n"].concat();
    }
    text + "\r\n"
}

struct Raw {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    closes: bool,
}

/// Sends one request and reads its answer; `NotConnected` when the connection was gone before any answer.
async fn exchange(stream: &mut BufStream<TcpStream>, head: &str, form: Option<&str>) -> io::Result<Raw> {
    let gone = |_| io::Error::from(io::ErrorKind::NotConnected);
    stream.write_all(head.as_bytes()).await.map_err(gone)?;
    stream.write_all(form.unwrap_or_default().as_bytes()).await.map_err(gone)?;
    stream.flush().await.map_err(gone)?;
    let first = line(stream).await.map_err(gone)?;
    let status = first.split(' ').nth(1).and_then(|s| s.parse().ok());
    let status = status.ok_or_else(|| io::Error::other(format!("not an HTTP answer: {first}")))?;
    let mut headers = Vec::new();
    loop {
        let line = line(stream).await?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let value = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let mut closes = value("connection").is_some_and(|v| v.eq_ignore_ascii_case("close"));
    let body = if value("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked")) {
        chunks(stream).await?
    } else if let Some(length) = value("content-length").and_then(|v| v.parse::<usize>().ok()) {
        let mut body = vec![0; length.min(BODY_LIMIT)];
        stream.read_exact(&mut body).await?;
        closes |= length > BODY_LIMIT;
        body
    } else if status == 204 || status == 304 {
        Vec::new()
    } else {
        let mut body = Vec::new();
        stream.take(BODY_LIMIT as u64).read_to_end(&mut body).await?;
        closes = true;
        body
    };
    Ok(Raw { status, headers, body, closes })
}

async fn chunks(stream: &mut BufStream<TcpStream>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(stream).await?;
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)
            .map_err(|_| io::Error::other("broken chunk"))?;
        if body.len() + size > BODY_LIMIT {
            return Err(io::Error::other("answer too long"));
        }
        let start = body.len();
        body.resize(start + size, 0);
        stream.read_exact(&mut body[start..]).await?;
        line(stream).await?;
        if size == 0 {
            return Ok(body);
        }
    }
}

async fn line(stream: &mut BufStream<TcpStream>) -> io::Result<String> {
    let mut line = Vec::new();
    (&mut *stream).take(64 * 1024).read_until(b'\n', &mut line).await?;
    if !line.ends_with(b"\n") {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn set_cookie(cookies: &mut Cookies, header: &str) {
    let mut parts = header.split(';');
    let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
    let ends = parts.any(|p| p.trim().eq_ignore_ascii_case("max-age=0"));
    if ends {
        cookies.remove(name.trim());
    } else {
        cookies.insert(name.trim().to_owned(), value.trim().to_owned());
    }
}

/// Splits `http://host:port/path?query` into host with port and path.
fn split(url: &str) -> io::Result<(&str, &str)> {
    let wrong = || io::Error::other(format!("not a plain http address: {url}"));
    let rest = url.strip_prefix("http://").ok_or_else(wrong)?;
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(at);
    if host.is_empty() { Err(wrong()) } else { Ok((host, if path.is_empty() { "/" } else { path })) }
}

/// Resolves a reference against the address of its page (RFC 3986 §5.2): absolute, from the root, a query alone,
/// or relative, with `.` and `..`.
#[must_use]
pub fn join(base: &str, reference: &str) -> String {
    let reference = without_fragment(reference);
    if reference.contains("://") {
        return reference.to_owned();
    }
    let host_from = base.find("://").map_or(0, |i| i + 3);
    let root_end = base[host_from..].find(['/', '?']).map_or(base.len(), |i| host_from + i);
    let (root, rest) = base.split_at(root_end);
    let path = rest.split('?').next().unwrap_or(rest);
    if reference.is_empty() {
        base.to_owned()
    } else if reference.starts_with('?') {
        format!("{root}{path}{reference}")
    } else if reference.starts_with('/') {
        format!("{root}{reference}")
    } else {
        let (to, query) = reference.split_at(reference.find('?').unwrap_or(reference.len()));
        let folder = &path[..path.rfind('/').unwrap_or(0)];
        let mut steps: Vec<&str> = folder.split('/').filter(|s| !s.is_empty()).collect();
        for step in to.split('/') {
            match step {
                "." => {}
                ".." => drop(steps.pop()),
                step => steps.push(step),
            }
        }
        format!("{root}/{}{query}", steps.join("/"))
    }
}

fn without_fragment(url: &str) -> &str {
    url.split('#').next().unwrap_or(url)
}

/// Encodes fields as `application/x-www-form-urlencoded` (WHATWG URL §5.2).
#[must_use]
pub fn encode(fields: &[(String, String)]) -> String {
    let mut out = String::new();
    for (i, (name, value)) in fields.iter().enumerate() {
        if i > 0 {
            out.push('&');
        }
        encode_part(name, &mut out);
        out.push('=');
        encode_part(value, &mut out);
    }
    out
}

fn encode_part(part: &str, out: &mut String) {
    for byte in part.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                let digit = |d: u8| char::from(b"0123456789ABCDEF"[usize::from(d & 15)]);
                out.extend([digit(byte >> 4), digit(byte)]);
            }
        }
    }
}
